import Link from "next/link";
import { memo, useState } from "react";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { EventSummary } from "@/lib/contract/events";
import { TRUST } from "@/lib/contract/vocabulary";
import { Amount } from "../amount";
import { CopyButton } from "../copy-button";
import { count, size } from "../format";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark } from "../provider";
import { DeliverySegments } from "../status/delivery-segments";
import { EventStatusBadge } from "../status/event-status";
import { TestModeMark } from "../test-mode-mark";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";
import { COLUMNS, type Column } from "./columns";
import { RowCheckbox } from "./row-checkbox";
import type { TablePreferences } from "./table-preferences";

const cell = "h-(--row) border-b px-2 last:pr-3 max-md:h-auto max-md:border-0 max-md:self-center max-md:p-0";

/** One event. Its link covers the whole row; other controls are above the link. */
export const EventRow = memo(function EventRow({
  event,
  href,
  look,
  current,
  arrived,
  ticked,
  onTick,
}: {
  event: EventSummary;
  href: string;
  look: TablePreferences;
  /** Keyboard shortcuts act on this row. */
  current: boolean;
  arrived: boolean;
  ticked: boolean;
  onTick: (id: string, range: boolean) => void;
}) {
  const shows = (column: Column) => look.columns.includes(column);
  const [near, setNear] = useState(false);
  const failing = event.last_error_class && event.status !== "processed" && event.status !== "replayed";
  return (
    <tr
      data-testid="event-row"
      data-event={event.id}
      data-current={current || undefined}
      onPointerEnter={() => setNear(true)}
      onFocus={() => setNear(true)}
      className={cn(
        "group relative transition-colors duration-150 hover:bg-hover has-[a:focus-visible]:bg-hover max-md:grid max-md:grid-cols-[auto_auto_minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-2.5",
        arrived && "animate-arrive",
        current && "bg-hover shadow-[inset_2px_0_var(--accent)]",
        ticked && "bg-[color-mix(in_oklab,var(--accent)_8%,transparent)]",
      )}
    >
      <td className="h-(--row) border-b p-0 pl-1 max-md:row-span-2 max-md:row-start-1 max-md:h-auto max-md:border-0 max-md:pl-0">
        <RowCheckbox label={`Select ${event.event_key}`} checked={ticked} onTick={(range) => onTick(event.id, range)} />
      </td>
      <td className={cn(cell, COLUMNS.status.className, "max-md:col-start-2 max-md:row-start-2")}>
        <EventStatusBadge status={event.status} />
      </td>
      {shows("received") && (
        <td
          className={cn(
            cell,
            COLUMNS.received.className,
            "text-quiet tabular-nums max-md:col-start-4 max-md:row-start-1",
          )}
        >
          <Link href={href} prefetch={false} tabIndex={-1} className="relative z-1 whitespace-nowrap">
            <RelativeTime at={event.received_at} />
          </Link>
        </td>
      )}
      <td className={cn(cell, "max-md:col-span-2 max-md:col-start-2 max-md:row-start-1")}>
        <span className="flex min-w-0 items-center gap-2">
          <ProviderMark slug={event.provider_slug} />
          <Link
            href={href}
            prefetch={false}
            data-row-link
            className="scroll-my-28 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            <InertText text={event.event_type} />
          </Link>
          {event.livemode === false && <TestModeMark />}
        </span>
      </td>
      {shows("key") && (
        <td className={cn(cell, COLUMNS.key.className, failing && "max-md:hidden")}>
          <span className={cn("flex items-center gap-1 font-mono text-quiet text-sm", !near && "md:pr-7")}>
            <MiddleTruncated text={event.event_key} />
            {near && (
              <CopyButton
                text={event.event_key}
                what="event key"
                className="relative z-1 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 max-md:hidden"
              />
            )}
          </span>
        </td>
      )}
      {shows("customer") && (
        <td className={cn(cell, COLUMNS.customer.className, "truncate text-quiet")}>
          {event.customer_id ? (
            <span title={event.customer_id}>
              <InertText text={event.customer_id} />
            </span>
          ) : (
            <span className="text-faint">–</span>
          )}
        </td>
      )}
      {shows("amount") && (
        <td className={cn(cell, COLUMNS.amount.className, "text-right text-quiet tabular-nums")}>
          <Amount of={event} />
        </td>
      )}
      {shows("organisation") && (
        <td className={cn(cell, COLUMNS.organisation.className, "truncate text-quiet")}>
          {event.org_id ? <InertText text={event.org_id} /> : <span className="text-faint">–</span>}
        </td>
      )}
      {shows("company") && (
        <td className={cn(cell, COLUMNS.company.className, "truncate text-quiet")}>
          {event.company_id ? <InertText text={event.company_id} /> : <span className="text-faint">–</span>}
        </td>
      )}
      {shows("trust") && (
        <td className={cn(cell, COLUMNS.trust.className, "text-quiet")}>{TRUST[event.trust].label}</td>
      )}
      {shows("size") && (
        <td className={cn(cell, COLUMNS.size.className, "text-right text-quiet tabular-nums")}>
          {size(event.body_size)}
        </td>
      )}
      {shows("deliveries") && (
        <td className={cn(cell, "max-md:col-start-4 max-md:row-start-2 max-md:justify-self-end")}>
          <DeliverySegments deliveries={event.deliveries} />
        </td>
      )}
      {shows("attempts") && (
        <td className={cn(cell, COLUMNS.attempts.className, "text-right text-quiet tabular-nums")}>
          {count(event.attempt_count)}
        </td>
      )}
      {shows("error") && (
        <td className={cn(cell, COLUMNS.error.className, "truncate text-quiet", !failing && "max-md:hidden")}>
          {failing && event.last_error_class && (
            <span title={event.last_error ?? undefined}>{ERROR_CLASS[event.last_error_class].label}</span>
          )}
        </td>
      )}
    </tr>
  );
});
