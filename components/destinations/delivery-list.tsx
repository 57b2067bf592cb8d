"use client";

import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Redo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { destinationDeliveriesQuery } from "@/lib/client/queries/destinations";
import { STREAM_POLL_MS, useLiveRefetch } from "@/lib/client/use-live-refetch";
import type { Destination } from "@/lib/contract/destinations";
import type { EventFilter } from "@/lib/contract/event-filter";
import { count } from "../format";
import { historyAddress } from "../links";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo, type ReplayPermissions } from "../permissions/replay-permissions";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { DELIVERY_COLUMNS, DeliveryRow } from "./delivery-row";

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
        <DataTable
          section
          caption="Recent deliveries, newest first"
          columns={Object.values(DELIVERY_COLUMNS)}
          className="max-md:border-t"
        >
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.delivery_id} delivery={delivery} />
          ))}
        </DataTable>
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
