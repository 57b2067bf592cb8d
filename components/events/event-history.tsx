"use client";

import { fetchEvents } from "@/lib/client/events";
import { keys } from "@/lib/client/keys";
import { useLiveQuery } from "@/lib/client/live-query";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventPage } from "@/lib/contract/events";
import { FirstRun } from "../first-run";
import { historyAddress, isFiltered } from "./address";
import { EventTable } from "./event-table";
import { useHeldRows } from "./held-rows";
import { NewEventsPill } from "./new-events-pill";
import { NothingMatches } from "./nothing-matches";
import { Paging } from "./paging";

const POLL_MS = 900;

/** The history: a page of events that keeps itself current, as long as it is the newest page. */
export function EventHistory({
  filter,
  cursor,
  limit,
  initial,
}: {
  filter: EventFilter;
  cursor?: string;
  limit: number;
  initial: EventPage;
}) {
  const query = { ...filter, cursor, limit };
  const { data } = useLiveQuery({
    queryKey: keys.events(historyAddress(query)),
    read: (signal) => fetchEvents(query, signal),
    initialData: initial,
    interval: () => POLL_MS,
    paused: cursor !== undefined,
  });
  const { rows, arrived, point, showNewest } = useHeldRows(data.events);

  if (rows.length === 0 && !cursor) return isFiltered(filter) ? <NothingMatches filter={filter} /> : <FirstRun />;
  return (
    <>
      <NewEventsPill count={arrived} full={arrived >= limit} onShow={showNewest} />
      <EventTable rows={rows} onPoint={point} />
      <Paging filter={filter} older={data.next_cursor} first={!cursor} />
    </>
  );
}
