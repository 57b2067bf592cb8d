"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { relatedEventsQuery } from "@/lib/client/queries/events";
import type { EventDetail, RelatedEvent, Sameness } from "@/lib/contract/events";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { eventAddress } from "../links";
import { EventStatusBadge } from "../status/event-status";
import { ExactTime, RelativeTime } from "../time";
import { cn } from "../ui/cn";
import { Skeleton } from "../ui/skeleton";
import { Tooltip } from "../ui/tooltip";

const WHY: Record<Sameness, string> = { object: "same object", rows: "same rows" };

/** Other events of the same object, newest first, so that outdated events are not replayed. */
export function RelatedTab({ event, within }: { event: EventDetail; within: string }) {
  const { data, error } = useQuery(relatedEventsQuery(event.id));
  if (error) {
    return (
      <p role="alert" className="py-3 text-red">
        Could not load the related events. {error.message}
      </p>
    );
  }
  if (!data) return <RelatedSkeleton />;
  const others = data.events.filter(({ id }) => id !== event.id);
  const newer = others.filter(({ is_newer }) => is_newer).length;
  if (others.length === 0) {
    return (
      <p className="text-pretty py-3 text-quiet">
        No other event names {event.object_id ? "the same object" : "it is about"} or changed the same rows.
      </p>
    );
  }
  return (
    <>
      <p className={cn("border-b py-2", newer > 0 ? "text-amber" : "text-quiet")}>
        {newer > 0
          ? `${newer === 1 ? "One of them" : `${newer} of them`} came after this one and may have overtaken it.`
          : "None of them is newer than this one."}
      </p>
      <ol>
        {data.events.map((related) => (
          <RelatedRow key={related.id} related={related} event={event} within={within} />
        ))}
      </ol>
      <p className="text-pretty py-2 text-faint text-sm">
        The 25 nearest events before and after. Rows are compared with the 500 events of this provider and organisation
        before and after.
      </p>
    </>
  );
}

function RelatedRow({ related, event, within }: { related: RelatedEvent; event: EventDetail; within: string }) {
  const isThis = related.id === event.id;
  const apart = Math.abs(Date.parse(related.received_at) - Date.parse(event.received_at));
  return (
    <li
      aria-current={isThis ? "true" : undefined}
      data-testid="related-event"
      className={cn(
        "relative -mx-2 flex min-h-9 items-center gap-3 border-b px-2 py-1.5",
        isThis ? "bg-tint text-accent" : "hover:bg-hover",
      )}
    >
      <span className="w-28 shrink-0 text-ink max-sm:w-auto">
        <EventStatusBadge status={related.status} />
      </span>
      <span className="min-w-0 flex-1">
        {isThis ? (
          <span className="block truncate font-medium text-ink">
            <InertText text={related.event_type} />
          </span>
        ) : (
          <Link
            href={eventAddress(related.id, within)}
            prefetch={false}
            className="block truncate font-medium after:absolute after:inset-0"
          >
            <InertText text={related.event_type} />
          </Link>
        )}
        <span className="block truncate font-mono text-faint text-sm" title={related.event_key}>
          <InertText text={related.event_key} />
        </span>
      </span>
      <span className="shrink-0 text-right text-sm">
        <span className="relative z-1 block text-quiet tabular-nums">
          {isThis ? (
            <RelativeTime at={related.received_at} />
          ) : (
            <Tooltip content={<ExactTime at={related.received_at} />}>
              <span>{`${duration(apart)} ${related.is_newer ? "later" : "earlier"}`}</span>
            </Tooltip>
          )}
        </span>
        <span className="block text-faint">
          {isThis ? "this event" : related.same.map((same) => WHY[same]).join(", ")}
          {related.is_newer && <span className="ml-1.5 font-medium text-amber">newer</span>}
        </span>
      </span>
    </li>
  );
}

function RelatedSkeleton() {
  return (
    <div role="status" aria-label="Loading related events">
      {["w-52", "w-40", "w-60", "w-48"].map((width) => (
        <div key={width} className="flex h-13 items-center gap-3 border-b">
          <Skeleton className="h-4 w-24" />
          <Skeleton className={cn("h-4", width)} />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
