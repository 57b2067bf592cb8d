import type { Delivery, EventDetail } from "@/lib/contract/events";
import { ERROR_CLASS } from "@/lib/contract/vocabulary";
import { InertText } from "../inert-text";
import { DELIVERY_LOOK, StatusIcon } from "../status";
import { cn } from "../ui/cn";

/** What is wrong right now, in words, above everything else. Nothing when nothing is wrong. */
export function Trouble({ event }: { event: EventDetail }) {
  const troubled = event.deliveries.filter(
    ({ status, last_error_class }) => last_error_class !== null && (status === "dead" || status === "retrying"),
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

/** What is odd about the event itself. */
function notesOn({ suspected_replay, redacted_at, status }: EventDetail): string[] {
  const notes: string[] = [];
  if (suspected_replay) {
    notes.push(
      `The same bytes came before under another key, and this provider does not sign its keys: somebody may have sent a caught request again.${
        status === "ignored" ? " It was not delivered. If it is genuine, replay it." : ""
      }`,
    );
  }
  if (redacted_at) notes.push("A privacy request removed the content of this event.");
  return notes;
}

function TroubleLine({ delivery: { destination, status, last_error_class, last_error } }: { delivery: Delivery }) {
  if (!last_error_class) return null;
  const { label, hint } = ERROR_CLASS[last_error_class];
  const look = DELIVERY_LOOK[status];
  return (
    <div className={cn("flex gap-2.5 rounded-md bg-tint px-3 py-2.5", look.tone)}>
      <StatusIcon look={look} className="mt-0.75" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {destination.name}: {label.charAt(0).toLowerCase() + label.slice(1)}
        </p>
        <p className="text-pretty text-ink">
          {status === "retrying" && "It is retried by itself. "}
          {hint}
        </p>
        {last_error && (
          <p className="mt-1 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={last_error} />
          </p>
        )}
      </div>
    </div>
  );
}
