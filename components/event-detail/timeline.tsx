import type { EventDetail } from "@/lib/contract/events";
import { DeliveryEntry } from "./delivery-entry";
import { ReceivedEntry } from "./received-entry";
import { ResolutionEntry } from "./resolution-entry";

/** The life of the event in order: the request, then each destination with its attempts and replays. */
export function Timeline({ event }: { event: EventDetail }) {
  return (
    <section aria-label="Timeline" className="min-w-0">
      <h2 className="flex h-9 items-center border-b font-medium">Timeline</h2>
      <ol className="pt-4">
        <ReceivedEntry event={event} />
        {event.deliveries.map((delivery) => (
          <DeliveryEntry key={delivery.id} delivery={delivery} replays={event.replays} />
        ))}
        {event.deliveries.length === 0 && (
          <li className="pl-7 text-quiet">No destination receives this type of event, so it was only stored.</li>
        )}
        {event.resolutions.map((resolution) => (
          <ResolutionEntry key={resolution.resolved_at} resolution={resolution} />
        ))}
      </ol>
    </section>
  );
}
