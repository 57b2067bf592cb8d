import type { EventSummary } from "@/lib/contract/events";
import { DELIVERY_STATUS, type DeliveryStatus } from "@/lib/contract/vocabulary";
import { cn } from "../ui/cn";
import { DELIVERY_STATUS_STYLE } from "./event-status";

/** How a segment is filled, so that its state does not depend on colour: succeeded, failed, not ended. */
const FILL: Record<DeliveryStatus, string> = {
  delivered: "bg-current",
  dead: "bg-[repeating-linear-gradient(115deg,currentColor_0_3px,transparent_3px_5px)] ring-1 ring-current ring-inset",
  cancelled: "bg-current opacity-40",
  pending: "ring-1 ring-current ring-inset",
  claimed: "ring-1 ring-current ring-inset bg-tint animate-quiet-pulse",
  retrying: "ring-1 ring-current ring-inset bg-tint",
  held: "ring-1 ring-current ring-inset bg-tint",
};

/** One segment per destination of an event. */
export function DeliverySegments({ deliveries }: { deliveries: EventSummary["deliveries"] }) {
  if (deliveries.length === 0) return <span className="text-faint">none</span>;
  return (
    <span className="inline-flex items-center gap-1">
      {deliveries.map((delivery) => {
        const words = `${delivery.destination}: ${DELIVERY_STATUS[delivery.status].label.toLowerCase()}`;
        return (
          <span
            key={delivery.id}
            role="img"
            aria-label={words}
            title={words}
            className={cn("h-2 w-4 rounded-[2px]", DELIVERY_STATUS_STYLE[delivery.status].tone, FILL[delivery.status])}
          />
        );
      })}
    </span>
  );
}
