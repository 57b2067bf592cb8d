import { CloudDownload, DoorOpen, KeyRound, ShieldCheck, ShieldOff } from "lucide-react";
import Link from "next/link";
import type { EventDetail } from "@/lib/contract/events";
import { FINDING_KIND, FINDING_STATE } from "@/lib/contract/reconciliations";
import { EVENT_FLAG, EVENT_ORIGIN, type TrustLevel } from "@/lib/contract/vocabulary";
import { duration, plural, size } from "../format";
import { RelativeTime } from "../time";
import { PARSE_LABELS, TRUST_LABELS } from "./labels";
import { TimelineEntry } from "./timeline-entry";

const TRUST_ICON: Record<TrustLevel, typeof ShieldCheck> = {
  signed: ShieldCheck,
  token: KeyRound,
  unsigned: ShieldOff,
  provider_api: CloudDownload,
};

/** The request as received: how far its sender is trusted, its size, and whether it could be read. */
export function ReceivedEntry({ event }: { event: EventDetail }) {
  const Trust = TRUST_ICON[event.trust];
  const Origin = isBroughtBack(event) ? CloudDownload : DoorOpen;
  return (
    <TimelineEntry
      icon={<Origin className="size-3.5 text-quiet" />}
      title={<span className="font-medium">{isBroughtBack(event) ? "Brought back" : "Received"}</span>}
      aside={
        <span className="text-quiet text-sm">
          <RelativeTime at={event.received_at} />
        </span>
      }
    >
      <ul className="mt-0.5 space-y-0.5 text-quiet">
        <CameFrom event={event} />
        <li className="flex items-center gap-1.5">
          <Trust aria-hidden="true" className="size-3.5" />
          {TRUST_LABELS[event.trust]}
        </li>
        <li>
          {size(event.body_size)} · {PARSE_LABELS[event.parse_status]}
        </li>
        {event.flags.map((flag) => (
          <li key={flag} className="text-amber">
            {EVENT_FLAG[flag].label}. {EVENT_FLAG[flag].meaning}
          </li>
        ))}
        <Travel event={event} />
        <Privacy event={event} />
        {event.duplicate_count > 0 && (
          <li>Sent {plural(event.duplicate_count, "more time")} since; the copies were counted and dropped.</li>
        )}
        {event.conflict_count > 0 && (
          <li className="text-amber">
            {plural(event.conflict_count, "other version")} came under this key, with different bytes, and{" "}
            {event.conflict_count === 1 ? "was" : "were"} not delivered. See Versions.
          </li>
        )}
      </ul>
    </TimelineEntry>
  );
}

/** Whether it never arrived as a webhook, and was stored by a back-fill. */
function isBroughtBack({ origin }: EventDetail): boolean {
  return origin === "provider_api" || origin === "reconstructed";
}

/** Where the event came from, unless its provider sent it, and the run that found it. */
function CameFrom({ event }: { event: EventDetail }) {
  const { origin, found } = event;
  return (
    <>
      {origin !== "webhook" && (
        <li data-testid="origin" className={origin === "reconstructed" ? "text-amber" : undefined}>
          {EVENT_ORIGIN[origin].meaning}
        </li>
      )}
      {found && (
        <li>
          Found {FINDING_KIND[found.kind].label.toLowerCase()} by{" "}
          <Link href={`/reconciliation/${found.reconciliation_id}#${found.kind}`} className="underline">
            {found.reconciliation_id}
          </Link>{" "}
          <RelativeTime at={found.found_at} />
          {found.state !== "open" && `, ${FINDING_STATE[found.state].label.toLowerCase()}`}
        </li>
      )}
    </>
  );
}

/** What a privacy request did, or the file to hand over. */
function Privacy({ event: { id, privacy_request: request } }: { event: EventDetail }) {
  if (!request) return null;
  if (request.kind !== "customers/data_request") {
    return (
      <li data-testid="privacy-result">
        It removed the content of {plural(request.events_changed, "event")} and emptied{" "}
        {plural(request.rows_changed, "row")} of {request.shop}
      </li>
    );
  }
  return (
    <li>
      <a className="underline" href={`/api/webhooks/events/${id}/person`} download data-testid="privacy-export">
        Download what is stored about this person
      </a>{" "}
      (administrators)
    </li>
  );
}

/** How long the provider took to send it: a late event may have been sent late. */
function Travel({ event }: { event: EventDetail }) {
  const { occurred_at, received_at } = event;
  if (!occurred_at) return null;
  const took = Date.parse(received_at) - Date.parse(occurred_at);
  if (isBroughtBack(event)) return <li>Stored {duration(took)} after it happened</li>;
  // Providers send whole seconds, and their clocks differ from ours.
  if (took < 1_000) return <li>Sent as soon as it happened</li>;
  return <li>Sent {duration(took)} after it happened</li>;
}
