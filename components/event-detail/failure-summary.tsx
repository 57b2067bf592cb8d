import Link from "next/link";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { Delivery, EventDetail } from "@/lib/contract/events";
import { printId } from "@/lib/contract/ids";
import { forgottenText } from "@/lib/contract/retention-words";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { DELIVERY_STATUS_STYLE } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";

/** What is wrong now, in words, at the top of the page. Renders nothing when nothing is wrong. */
export function FailureSummary({ event }: { event: EventDetail }) {
  // An event that was marked as handled is no longer shown as failed; its timeline keeps the failure.
  const troubled = event.deliveries.filter(
    ({ status, last_error_class }) =>
      event.status !== "resolved" && last_error_class !== null && (status === "dead" || status === "retrying"),
  );
  const notes = notesOn(event);
  if (troubled.length === 0 && notes.length === 0) return null;
  return (
    <div className="mt-4 space-y-2">
      {notes.map((note) => (
        <p key={note} className="text-pretty rounded-md bg-tint px-3 py-2.5">
          {note}
        </p>
      ))}
      {troubled.map((delivery) => (
        <TroubleLine key={delivery.id} delivery={delivery} />
      ))}
    </div>
  );
}

/** The flags of the event itself. */
function notesOn(event: EventDetail): string[] {
  const { suspected_replay, redacted_at, status, variant_of, livemode, deliveries, body_forgotten } = event;
  const notes: string[] = [];
  if (variant_of) {
    notes.push(
      `Another version of ${variant_of}: it came under the same key, with different bytes.${
        status === "ignored" ? " It was not delivered. Compare the two under Versions; a replay delivers this one." : ""
      }`,
    );
  }
  if (suspected_replay) {
    notes.push(
      `Possible replay attack: an identical body arrived earlier under a different event key. This provider does not sign its keys, and equal bodies are unusual for this type.${
        status === "ignored" ? " It was not delivered. If it is genuine, replay it." : ""
      }`,
    );
  }
  if (livemode === false && status === "ignored" && deliveries.length === 0) {
    notes.push(
      "Ignored: test mode. Rows are written by live events only, and no other destination receives this event.",
    );
  }
  if (body_forgotten) notes.push(`${forgottenText(body_forgotten)} This event cannot be replayed.`);
  if (redacted_at) notes.push("A privacy request removed the content of this event.");
  return notes;
}

function TroubleLine({ delivery }: { delivery: Delivery }) {
  const { destination, status, last_error_class, last_error } = delivery;
  if (!last_error_class) return null;
  const { label, hint, check, next } = ERROR_CLASS[last_error_class];
  const look = DELIVERY_STATUS_STYLE[status];
  return (
    <div className={cn("flex gap-2.5 rounded-md bg-tint px-3 py-2.5", look.tone)}>
      <StatusIcon look={look} className="mt-0.75" />
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">
          {destination.name}: {label.charAt(0).toLowerCase() + label.slice(1)}
        </p>
        <p className="text-pretty text-ink">
          {status === "retrying" && "It is retried automatically. "}
          {hint}
        </p>
        {last_error && (
          <p className="mt-1 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={last_error} />
          </p>
        )}
        <dl data-testid="runbook-step" className="mt-2 grid max-w-4xl grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-ink">
          <dt className="text-quiet">Check</dt>
          <dd className="text-pretty">{check}</dd>
          <dt className="text-quiet">Then</dt>
          <dd className="text-pretty">{next}</dd>
        </dl>
        <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-accent">
          <Link
            href={`/destinations/${printId("destination", destination.id)}`}
            className="min-w-0 underline-offset-2 [overflow-wrap:anywhere] hover:underline"
          >
            Open {destination.name}
          </Link>
          <Link href={sameCause(delivery)} className="underline-offset-2 hover:underline">
            All events with this error
          </Link>
        </p>
      </div>
    </div>
  );
}

/** The address of the history of all deliveries that failed in the same way. */
function sameCause({ destination, status, last_error_class, last_http_status }: Delivery): string {
  return historyAddress({
    destination: [destination.slug],
    delivery_status: [status],
    ...(last_error_class && { error_class: [last_error_class] }),
    ...(last_http_status !== null && { http_status: [String(last_http_status)] }),
  });
}
