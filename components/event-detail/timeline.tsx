import type { ReactNode } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { DeliveryEntry } from "./delivery-entry";
import { ReceivedEntry } from "./received-entry";
import { StaffEntry, staffActs } from "./staff-entry";

/**
 * The life of the event in order: the request, then each destination with its attempts and replays, then what people did.
 * `children` adds to it.
 */
export function Timeline({ event, children }: { event: EventDetail; children: ReactNode }) {
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
        {staffActs(event).map((act) => (
          <StaffEntry key={`${act.kind} ${act.at}`} act={act} />
        ))}
      </ol>
      {children}
    </section>
  );
}
