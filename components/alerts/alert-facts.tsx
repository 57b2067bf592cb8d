import Link from "next/link";
import { ALERT_KIND } from "@/lib/contract/alert-kinds";
import { spanText } from "@/lib/contract/alert-words";
import type { Alert } from "@/lib/contract/api/alerts";
import { Fact } from "../fact";
import { count } from "../format";
import { InertText } from "../inert-text";
import { providerName } from "../provider";
import { ExactTime, RelativeTime } from "../time";

/** The figures behind an alert, what it is about, and who takes care of it. */
export function AlertFacts({ alert }: { alert: Alert }) {
  const { observed, expected, threshold, window_minutes } = alert.explain;
  const { label, unit } = ALERT_KIND[alert.kind];
  return (
    <aside aria-label="About this alert">
      <dl className="space-y-2.5 max-xl:grid max-xl:grid-cols-2 max-xl:gap-x-6 md:max-xl:grid-cols-3">
        <Fact name="Rule">
          <Link href={`/alerts/rules#${alert.rule_id}`} className="underline underline-offset-2">
            {label}
          </Link>
        </Fact>
        <Figure name="Observed" value={observed} unit={unit} />
        {expected !== threshold && <Figure name="Expected" value={expected} />}
        <Figure name="Threshold" value={threshold} unit={unit} />
        {window_minutes !== null && <Fact name="Within">{spanText(window_minutes)}</Fact>}
        {alert.provider_slug && <Fact name="Provider">{providerName(alert.provider_slug)}</Fact>}
        {alert.event_type && (
          <Fact name="Event type">
            <InertText text={alert.event_type} />
          </Fact>
        )}
        {alert.destination_id && (
          <Fact name="Destination">
            <Link href={`/destinations/${alert.destination_id}`} className="underline underline-offset-2">
              <InertText text={alert.destination ?? alert.destination_id} />
            </Link>
          </Fact>
        )}
        {alert.org_id && (
          <Fact name="Organisation">
            <InertText text={alert.org_id} />
          </Fact>
        )}
        <Fact name="Assignee">
          {alert.assignee ? <InertText text={alert.assignee} /> : <span className="text-faint">none</span>}
        </Fact>
        <Fact name="Acknowledged">
          {alert.acknowledged ? (
            <>
              <RelativeTime at={alert.acknowledged.at} />
              <span className="block text-quiet">
                by <InertText text={alert.acknowledged.name} />
              </span>
            </>
          ) : (
            <span className="text-faint">no</span>
          )}
        </Fact>
        {alert.note && (
          <Fact name="Note">
            <span className="whitespace-pre-wrap">
              <InertText text={alert.note} />
            </span>
          </Fact>
        )}
        {alert.incident_id && (
          <Fact name="Incident">
            <Link href={`/incidents/${alert.incident_id}`} className="font-mono underline underline-offset-2">
              {alert.incident_id}
            </Link>
          </Fact>
        )}
        <Fact name="Fired">
          <ExactTime at={alert.fired_at} />
        </Fact>
        {alert.resolved_at && (
          <Fact name="Resolved">
            <ExactTime at={alert.resolved_at} />
          </Fact>
        )}
      </dl>
    </aside>
  );
}

function Figure({ name, value, unit }: { name: string; value: number | null; unit?: string }) {
  if (value === null) return null;
  return (
    <Fact name={name}>
      <span className="tabular-nums">
        {count(value)}
        {unit && ` ${unit}`}
      </span>
    </Fact>
  );
}
