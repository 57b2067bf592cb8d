"use client";

import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Redo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { destinationDeliveriesQuery } from "@/lib/client/queries";
import { STREAM_POLL_MS, useLiveRefetch } from "@/lib/client/use-live-refetch";
import type { Destination } from "@/lib/contract/destinations";
import type { EventFilter } from "@/lib/contract/event-filter";
import { count } from "../format";
import { historyAddress } from "../links";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo, type ReplayPermissions } from "../permissions/replay-permissions";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { DELIVERY_COLUMNS } from "./delivery-columns";
import { DeliveryRow } from "./delivery-row";

const EVERY_MS = 2_000;

/** The newest deliveries, and the way to replay those that failed. */
export function DeliveryList({
  destination,
  replayRights,
}: {
  destination: Destination;
  replayRights: ReplayPermissions;
}) {
  const [replaying, setReplaying] = useState(false);
  const streaming = useLiveRefetch({
    interests: ["destinations", "events"],
    read: () => void query.refetch(),
    atMostEvery: 1_000,
  });
  const query = useSuspenseInfiniteQuery({
    ...destinationDeliveriesQuery(destination.id),
    refetchInterval: streaming ? STREAM_POLL_MS : EVERY_MS,
  });
  const deliveries = query.data.pages.flatMap((page) => page.deliveries);
  const { dead } = destination.health;
  const failed: EventFilter = { destination: [destination.slug], delivery_status: ["dead"], status: ["dead"] };
  return (
    <section aria-labelledby="deliveries">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-2">
        <h2 id="deliveries" className="font-semibold text-lg">
          Recent deliveries
        </h2>
        <Link
          href={historyAddress({ destination: [destination.slug] })}
          className="text-accent text-sm underline-offset-2 hover:underline"
        >
          Show all in the history
        </Link>
        {dead > 0 && (
          <div className="ml-auto max-md:ml-0">
            <PermissionGuard forbidden={forbiddenTo(replayRights, "matching")}>
              <Button data-testid="destination-replay" onClick={() => setReplaying(true)}>
                <Redo2 /> Replay failures… <span className="text-red tabular-nums">{count(dead)}</span>
              </Button>
            </PermissionGuard>
          </div>
        )}
      </div>
      {deliveries.length === 0 ? (
        <p className="border-t py-6 text-quiet">
          No deliveries yet. They appear here as events of its types arrive. Send a sample to see one now.
        </p>
      ) : (
        <table className="w-full table-fixed border-separate border-spacing-0 max-md:block max-md:border-t">
          <caption className="sr-only">Recent deliveries, newest first</caption>
          <thead className="max-md:sr-only">
            <tr>
              {Object.entries(DELIVERY_COLUMNS).map(([key, { title, className, numeric }]) => (
                <th
                  key={key}
                  scope="col"
                  className={cn(
                    "h-8 border-b px-2 font-medium text-faint text-sm first:pl-0 last:pr-0",
                    numeric ? "text-right" : "text-left",
                    className,
                  )}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-md:block">
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.delivery_id} delivery={delivery} />
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <Button
          size="sm"
          className="mt-3"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? "Loading…" : "Show older"}
        </Button>
      )}
      {replaying && <ReplaySheet target={{ kind: "matching", filter: failed }} onClose={() => setReplaying(false)} />}
    </section>
  );
}
