"use client";

import { fetchEvents } from "@/lib/client/events";
import { keys } from "@/lib/client/keys";
import { useLiveQuery } from "@/lib/client/live-query";
import { useSelection } from "@/lib/client/selection";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventPage } from "@/lib/contract/events";
import { FirstRun } from "../first-run";
import type { ReplayRights } from "../replays/rights";
import { historyAddress, isFiltered } from "./address";
import { EventTable } from "./event-table";
import { useHeldRows } from "./held-rows";
import { NewEventsPill } from "./new-events-pill";
import { NothingMatches } from "./nothing-matches";
import { Paging } from "./paging";
import { SelectionBar } from "./selection-bar";
import { useTicking } from "./ticking";

const POLL_MS = 900;

/** The history: a page of events that keeps itself current, as long as it is the newest page. */
export function EventHistory({
  filter,
  cursor,
  limit,
  initial,
  rights,
}: {
  filter: EventFilter;
  cursor?: string;
  limit: number;
  initial: EventPage;
  rights: ReplayRights;
}) {
  const query = { ...filter, cursor, limit };
  const { data } = useLiveQuery({
    queryKey: keys.events(historyAddress(query)),
    read: (signal) => fetchEvents(query, signal),
    initialData: initial,
    topics: ["events"],
    interval: () => POLL_MS,
    // A search in payloads is too dear to be repeated by itself.
    paused: cursor !== undefined || filter.text !== undefined,
  });
  const scope = historyAddress(filter);
  const someTicked = useSelection(scope).size > 0;
  const { rows, arrived, point, showNewest } = useHeldRows(data.events, someTicked);
  const ticking = useTicking(scope, rows);

  if (rows.length === 0 && !cursor) return isFiltered(filter) ? <NothingMatches filter={filter} /> : <FirstRun />;
  return (
    <>
      <NewEventsPill count={arrived} full={arrived >= limit} onShow={showNewest} />
      <EventTable rows={rows} ticking={ticking} onPoint={point} />
      <Paging filter={filter} older={data.next_cursor} first={!cursor} />
      <SelectionBar
        ticked={ticking.ticked}
        filter={filter}
        wholePage={ticking.page.all}
        more={cursor !== undefined || data.next_cursor !== null}
        rights={rights}
      />
    </>
  );
}
