"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ListX } from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import { incidentItemsQuery } from "@/lib/client/queries/incidents";
import { type IncidentItemFilter, printItemFilter } from "@/lib/contract/incident-filter";
import type { Incident } from "@/lib/contract/incident-words";
import { count } from "../format";
import { Problem } from "../forms/problem";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import { ITEM_COLUMNS, ItemRow } from "./item-row";

/** The events of an incident, by position: why each belongs to it, what became of it, and the proof. */
export function ItemList({ incident, filter }: { incident: Incident; filter: IncidentItemFilter }) {
  const query = useInfiniteQuery(incidentItemsQuery(incident.id, filter));
  const reread = useEffectEvent(() => void query.refetch());
  const counts = JSON.stringify(incident.counts);
  // biome-ignore lint/correctness/useExhaustiveDependencies: changed counts mean changed rows
  useEffect(() => reread(), [counts]);
  const items = query.data?.pages.flatMap((page) => page.items);
  if (!items && query.error) {
    return (
      <div className="py-2">
        <Problem error={query.error} before="Could not load these events." />
        <Button size="sm" className="mt-2" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  if (!items) {
    return (
      <div role="status" aria-label="Loading events" className="space-y-3 pt-4">
        {[0, 1, 2, 3, 4].map((row) => (
          <Skeleton key={row} className="h-5 w-full" />
        ))}
      </div>
    );
  }
  if (items.length === 0) {
    return printItemFilter(filter) === "" ? (
      <Notice icon={ListX} title="No events yet">
        The selection matched nothing that is here. Find what is affected: providers are asked what never arrived.
      </Notice>
    ) : (
      <Notice icon={ListX} title="No event matches this filter">
        Matching events appear here automatically.
      </Notice>
    );
  }
  return (
    <>
      <DataTable section caption="Events of the incident" columns={Object.values(ITEM_COLUMNS)}>
        {items.map((item) => (
          <ItemRow key={item.position} item={item} />
        ))}
      </DataTable>
      <p className="flex items-center justify-between gap-2 pt-3 text-faint text-sm">
        <span className="tabular-nums">
          {query.hasNextPage ? `The first ${count(items.length)}` : `${count(items.length)} shown`}
        </span>
        {query.hasNextPage && (
          <Button size="sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Reading…" : "Show more"}
          </Button>
        )}
      </p>
    </>
  );
}
