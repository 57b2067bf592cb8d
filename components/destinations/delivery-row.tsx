import Link from "next/link";
import type { DestinationDelivery } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { ProviderMark } from "../provider";
import { DeliveryStatusLabel } from "../status/event-status";
import type { Column } from "../table/data-table";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";

/** The width of each column of the recent deliveries, and the window width from which it is shown. */
export const DELIVERY_COLUMNS = {
  status: { title: "Status", className: "md:w-26" },
  event: { title: "Event", className: "" },
  answer: { title: "Answer", className: "md:w-36 2xl:w-52" },
  attempts: { title: "Attempts", className: "md:w-20 md:max-lg:hidden", numeric: true },
  duration: { title: "Took", className: "md:w-18", numeric: true },
  time: { title: "Ended", className: "md:w-24", numeric: true },
} as const satisfies Record<string, Column>;

const cell = "h-9 border-b px-2 first:pl-0 last:pr-0 max-md:h-auto max-md:border-0 max-md:p-0";

/** One delivery. Its link opens the event. */
export function DeliveryRow({ delivery }: { delivery: DestinationDelivery }) {
  const { event_id, event_type, provider, status, error_class, error, http_status, attempt_count } = delivery;
  const failing = status !== "delivered" && status !== "pending" && status !== "claimed";
  const answer =
    failing && error_class ? ERROR_CLASS[error_class].label : http_status ? `Answered ${http_status}` : null;
  return (
    <tr
      data-testid="destination-delivery"
      className="relative transition-colors duration-150 hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:border-b max-md:py-2"
    >
      <td className={cn(cell, DELIVERY_COLUMNS.status.className, "max-md:col-start-1 max-md:row-start-2")}>
        <DeliveryStatusLabel status={status} />
      </td>
      <td className={cn(cell, "max-md:col-start-1 max-md:row-start-1")}>
        <span className="flex min-w-0 items-center gap-2">
          <ProviderMark slug={provider} />
          <Link
            href={`/events/${event_id}`}
            prefetch={false}
            className="truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            <InertText text={event_type} />
          </Link>
          {delivery.replay_id && (
            <Link
              href={`/replays/${delivery.replay_id}`}
              prefetch={false}
              className="relative z-1 shrink-0 font-mono text-sm text-teal hover:underline"
            >
              {delivery.replay_id}
            </Link>
          )}
        </span>
      </td>
      <td
        title={error ?? undefined}
        className={cn(
          cell,
          DELIVERY_COLUMNS.answer.className,
          "truncate text-quiet max-md:col-span-2 max-md:row-start-3",
          !failing && "max-md:hidden",
        )}
      >
        {answer}
      </td>
      <td className={cn(cell, DELIVERY_COLUMNS.attempts.className, "text-right text-quiet tabular-nums max-md:hidden")}>
        {attempt_count}
      </td>
      <td
        className={cn(
          cell,
          DELIVERY_COLUMNS.duration.className,
          "text-right text-quiet tabular-nums max-md:col-start-2 max-md:row-start-2",
        )}
      >
        {delivery.duration_ms !== null && duration(delivery.duration_ms)}
      </td>
      <td
        className={cn(
          cell,
          DELIVERY_COLUMNS.time.className,
          "whitespace-nowrap text-right text-quiet tabular-nums max-md:col-start-2 max-md:row-start-1",
        )}
      >
        <span className="relative z-1">
          {delivery.finished_at ? <RelativeTime at={delivery.finished_at} /> : <span className="text-faint">–</span>}
        </span>
      </td>
    </tr>
  );
}
