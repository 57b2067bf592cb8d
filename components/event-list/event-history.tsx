"use client";

import dynamic from "next/dynamic";
import { useCallback, useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { eventListQuery } from "@/lib/client/queries/events";
import { clearSelection, useSelection } from "@/lib/client/selection";
import { loadToast } from "@/lib/client/toaster";
import type { EventFilter } from "@/lib/contract/event-filter";
import { printEventFilter } from "@/lib/contract/print-filter";
import { isFiltered } from "../filters/event-filter-text";
import { eventAddress, historyAddress } from "../links";
import { forbiddenTo, type ReplayPermissions } from "../permissions/replay-permissions";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import type { ReplayTarget } from "../replay-sheet/replay-target";
import { Pager } from "../table/pager";
import { EmptyList } from "./empty-list";
import { EventTable } from "./event-table";
import { NewEventsPill } from "./new-events-pill";
import { useRowKeys } from "./row-keys";
import { SelectionBar } from "./selection-bar";
import { useRowSelection } from "./use-row-selection";
import { useStableRows } from "./use-stable-rows";

// Only needed before the first event.
const FirstRun = dynamic(() => import("../endpoints/first-run").then((module) => module.FirstRun));

const POLL_MS = 900;

/** The history: a page of events that keeps itself current, as long as it is the newest page. */
export function EventHistory({
  filter,
  cursor,
  after,
  limit,
  rights,
  sendCommand,
}: {
  filter: EventFilter;
  cursor?: string;
  after?: string;
  limit: number;
  rights: ReplayPermissions;
  sendCommand: string;
}) {
  const first = !cursor && !after;
  const { data } = useLiveQuery(eventListQuery({ ...filter, cursor, after, limit }), {
    topics: ["events"],
    interval: () => POLL_MS,
    // Payload search is too expensive to poll.
    paused: !first || filter.text !== undefined,
  });
  const scope = historyAddress(filter);
  const someTicked = useSelection(scope).size > 0;
  const [walking, setWalking] = useState(false);
  const { rows, arrived, point, showNewest } = useStableRows(data.events, someTicked || walking);
  const ticking = useRowSelection(scope, rows);
  const [replaying, setReplaying] = useState<ReplayTarget | null>(null);
  const within = printEventFilter(filter);
  const addressOf = useCallback((id: string) => eventAddress(id, within), [within]);
  const keyCursor = useRowKeys({
    scope,
    rows,
    ticking,
    addressOf,
    onReplay: (eventIds) => {
      const forbidden = forbiddenTo(rights, eventIds.length);
      if (forbidden) void loadToast().then((toast) => toast.error(forbidden));
      else setReplaying({ kind: "chosen", eventIds });
    },
  });

  if (rows.length === 0 && first)
    return isFiltered(filter) ? (
      <EmptyList filter={filter} />
    ) : (
      <FirstRun maySend={rights.mayReplay} command={sendCommand} />
    );
  return (
    <>
      <NewEventsPill count={arrived} full={arrived >= limit} onShow={showNewest} />
      <EventTable
        rows={rows}
        ticking={ticking}
        cursor={keyCursor}
        addressOf={addressOf}
        onPoint={point}
        onWalk={setWalking}
      />
      <Pager
        what="events"
        newest={first ? null : historyAddress(filter)}
        newer={data.previous_cursor && historyAddress({ ...filter, after: data.previous_cursor })}
        older={data.next_cursor && historyAddress({ ...filter, cursor: data.next_cursor })}
      />
      <SelectionBar
        ticked={ticking.ticked}
        filter={filter}
        wholePage={ticking.page.all}
        more={!first || data.next_cursor !== null}
        rights={rights}
        onReplay={setReplaying}
      />
      {replaying && <ReplaySheet target={replaying} onClose={() => setReplaying(null)} onStarted={clearSelection} />}
    </>
  );
}
