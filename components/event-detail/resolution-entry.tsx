import type { Resolution } from "@/lib/contract/events";
import { InertText } from "../inert-text";
import { EVENT_STATUS_STYLE, StatusIcon } from "../status/event-status";
import { RelativeTime } from "../time";
import { TimelineEntry } from "./timeline-entry";

/** A person marked the event as handled: who, when and why. */
export function ResolutionEntry({ resolution: { actor, reason, resolved_at } }: { resolution: Resolution }) {
  return (
    <TimelineEntry
      icon={<StatusIcon look={EVENT_STATUS_STYLE.resolved} />}
      title={<span className="font-medium">Marked as resolved by {actor}</span>}
      aside={
        <span className="text-quiet text-sm">
          <RelativeTime at={resolved_at} />
        </span>
      }
    >
      <p className="text-quiet [overflow-wrap:anywhere]">
        <InertText text={reason} />
      </p>
    </TimelineEntry>
  );
}
