"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, Clock, type LucideIcon, Minus } from "lucide-react";
import Link from "next/link";
import { notificationsQuery } from "@/lib/client/queries/channels";
import {
  type Channel,
  NOTIFICATION_KIND,
  NOTIFICATION_STATUS,
  type NotificationPage,
  type NotificationStatus,
} from "@/lib/contract/channel-words";
import { plural } from "../format";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { StatusBadge } from "../status/status-badge";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";

const STYLE: Record<NotificationStatus, { icon: LucideIcon; tone: string; moving?: boolean }> = {
  pending: { icon: Clock, tone: "text-blue", moving: true },
  sent: { icon: CircleCheck, tone: "text-green" },
  failed: { icon: CircleX, tone: "text-red" },
  skipped: { icon: Minus, tone: "text-grey" },
};

/** The messages to a channel, newest first, each with what the channel answered. */
export function NotificationList({ channel }: { channel: Channel }) {
  const query = useInfiniteQuery(notificationsQuery(channel.id));
  const told = query.data?.pages.flatMap(({ notifications }) => notifications);
  if (!told && query.error) return <Problem error={query.error} before="Could not load its messages." />;
  if (!told) {
    return (
      <div role="status" aria-label="Loading messages" className="space-y-2.5 pt-2">
        {[0, 1, 2].map((row) => (
          <Skeleton key={row} className="h-4 w-full max-w-2xl" />
        ))}
      </div>
    );
  }
  if (told.length === 0) {
    return <p className="text-quiet">Nothing was sent through it yet. The next alert that it takes appears here.</p>;
  }
  return (
    <>
      <ul aria-label={`Last messages to ${channel.name}`} className="border-t">
        {told.map((one) => (
          <Told key={one.id} one={one} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          size="sm"
          className="mt-2"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? "Reading…" : "Show older"}
        </Button>
      )}
    </>
  );
}

function Told({ one }: { one: NotificationPage["notifications"][number] }) {
  const { kind, status, alert_id, summary, outcome, attempts, due_at, ended_at } = one;
  const { label, meaning } = NOTIFICATION_STATUS[status];
  const what = alert_id && <InertText text={summary} />;
  return (
    <li
      data-testid="channel-message"
      className="grid grid-cols-[6.5rem_minmax(0,1fr)_auto] items-baseline gap-x-3 border-b py-1.5 max-md:grid-cols-[minmax(0,1fr)_auto]"
    >
      <StatusBadge look={STYLE[status]} label={label} title={meaning} testId="message-status" />
      <span className="min-w-0 max-md:col-span-2 max-md:row-start-2">
        <span className="[overflow-wrap:anywhere]">
          <span className={what ? "text-quiet" : ""}>
            {NOTIFICATION_KIND[kind]}
            {what && ": "}
          </span>
          {what && (
            <Link href={`/alerts/${alert_id}`} prefetch={false} className="hover:underline">
              {what}
            </Link>
          )}
        </span>
        {outcome && (
          <span className="block text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={outcome} />
            {attempts > 1 && ` ${plural(attempts, "try", "tries")}.`}
          </span>
        )}
      </span>
      <span className="text-faint text-sm tabular-nums">
        <RelativeTime at={ended_at ?? due_at} />
      </span>
    </li>
  );
}
