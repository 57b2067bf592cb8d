import { BellOff, Link2, UserCheck } from "lucide-react";
import Link from "next/link";
import type { Alert } from "@/lib/contract/api/alerts";
import { InertText } from "../inert-text";
import { alertReason } from "../status/alert-reason";
import { SeverityMark } from "../status/severity-mark";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { AlertActions } from "./alert-actions";
import { AlertStateBadge, stateOf } from "./alert-state";
import { aboutText, linkOf } from "./alert-text";
import type { AlertWindow } from "./alert-windows";
import type { AlertRights } from "./rights";

/** One alert that fires: what, why, since when, who takes care of it, and what to do. */
export function FiringAlert({
  alert,
  rights,
  onOpen,
}: {
  alert: Alert;
  rights: AlertRights;
  onOpen: (window: AlertWindow, alert: Alert) => void;
}) {
  const link = linkOf(alert);
  const about = aboutText(alert);
  const state = stateOf(alert);
  return (
    <li
      data-testid="firing-alert"
      data-state={state}
      className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2 border-b py-3 md:grid-cols-[auto_minmax(0,1fr)_auto]"
    >
      <SeverityMark severity={alert.severity} />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5">
          <Link
            href={`/alerts/${alert.id}`}
            prefetch={false}
            className="min-w-0 font-medium outline-offset-2 [overflow-wrap:anywhere] hover:underline"
          >
            <InertText text={alert.rule} />
          </Link>
          {state !== "firing" && <AlertStateBadge alert={alert} />}
        </p>
        <p className="mt-0.5 text-pretty text-quiet [overflow-wrap:anywhere]">
          <InertText text={alertReason(alert)} />
        </p>
        <ul className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-faint text-sm">
          <li className="tabular-nums">
            fired <RelativeTime at={alert.fired_at} />
          </li>
          {about && (
            <li className="min-w-0 [overflow-wrap:anywhere]">
              <InertText text={about} />
            </li>
          )}
          {alert.assignee && (
            <li className="flex min-w-0 items-center gap-1">
              <UserCheck aria-hidden="true" className="size-3 shrink-0" />
              <span className="truncate">
                <InertText text={alert.assignee} />
              </span>
            </li>
          )}
          {alert.incident_id && (
            <li className="flex items-center gap-1">
              <Link2 aria-hidden="true" className="size-3" />
              <Link href={`/incidents/${alert.incident_id}`} prefetch={false} className="font-mono hover:underline">
                {alert.incident_id}
              </Link>
            </li>
          )}
          {alert.suppressed_because && (
            <li className="flex min-w-0 items-center gap-1 [overflow-wrap:anywhere]">
              <BellOff aria-hidden="true" className="size-3 shrink-0" />
              <InertText text={alert.suppressed_because} />
            </li>
          )}
        </ul>
      </div>
      <div className="flex items-start gap-2 max-md:col-start-2">
        {link && (
          <Button asChild size="sm">
            <Link href={link.href} prefetch={false}>
              {link.label}
            </Link>
          </Button>
        )}
        <AlertActions alert={alert} rights={rights} onOpen={(window) => onOpen(window, alert)} />
      </div>
    </li>
  );
}
