"use client";

import { Redo2 } from "lucide-react";
import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { isEnded } from "@/lib/client/live-replay";
import { replayListQuery } from "@/lib/client/queries/replays";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";
import { replaysAddress } from "../links";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { Pager } from "../table/pager";
import { Button } from "../ui/button";
import { REPLAY_COLUMNS, ReplayRow } from "./replay-row";

const MOVING_MS = 900;
const RESTING_MS = 4_000;

/** Replays, newest first, kept current while the page is open. */
export function ReplayList({ filter, cursor }: { filter: ReplayFilter; cursor?: number }) {
  const { data } = useLiveQuery(replayListQuery({ ...filter, cursor }), {
    topics: ["replays"],
    interval: ({ replays }) => (replays.some(({ status }) => !isEnded(status)) ? MOVING_MS : RESTING_MS),
  });
  if (data.replays.length === 0 && !cursor) return <Nothing filtered={printReplayFilter(filter) !== ""} />;
  return (
    <>
      <DataTable caption="Replays, newest first" columns={Object.values(REPLAY_COLUMNS)}>
        {data.replays.map((replay) => (
          <ReplayRow key={replay.id} replay={replay} />
        ))}
      </DataTable>
      <Pager
        what="replays"
        newest={cursor === undefined ? null : replaysAddress(filter)}
        older={data.next_cursor === null ? null : replaysAddress({ ...filter, cursor: data.next_cursor })}
      />
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <Notice
      icon={Redo2}
      title={filtered ? "No replay matches this filter" : "Nothing has been replayed yet"}
      actions={
        <Button asChild>
          <Link href={filtered ? "/replays" : "/events?status=failed,dead"}>
            {filtered ? "Clear the filter" : "Show failed events"}
          </Link>
        </Button>
      }
    >
      {filtered
        ? "Matching replays appear here automatically."
        : "Select events in the history and replay them. Each replay is listed here with its results, who requested it and what changed."}
    </Notice>
  );
}
