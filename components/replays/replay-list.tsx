"use client";

import { Redo2 } from "lucide-react";
import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { isEnded } from "@/lib/client/live-replay";
import { replayListQuery } from "@/lib/client/queries";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";
import { replaysAddress } from "../links";
import { Notice } from "../notice";
import { Button } from "../ui/button";
import { ReplayTable } from "./replay-table";

const MOVING_MS = 900;
const RESTING_MS = 4_000;

/** Replays, newest first, current while somebody looks. */
export function ReplayList({ filter, cursor }: { filter: ReplayFilter; cursor?: number }) {
  const { data } = useLiveQuery(replayListQuery({ ...filter, cursor }), {
    topics: ["replays"],
    interval: ({ replays }) => (replays.some(({ status }) => !isEnded(status)) ? MOVING_MS : RESTING_MS),
  });
  if (data.replays.length === 0 && !cursor) return <Nothing filtered={printReplayFilter(filter) !== ""} />;
  return (
    <>
      <ReplayTable replays={data.replays} />
      {(cursor !== undefined || data.next_cursor !== null) && (
        <nav aria-label="Pages" className="flex items-center justify-between gap-2 pt-3">
          {cursor === undefined ? (
            <span className="text-faint text-sm">The newest replays</span>
          ) : (
            <Button asChild size="sm">
              <Link href={replaysAddress(filter)}>Newest</Link>
            </Button>
          )}
          {data.next_cursor === null ? (
            <span className="text-faint text-sm">The oldest replays</span>
          ) : (
            <Button asChild size="sm">
              <Link href={replaysAddress({ ...filter, cursor: data.next_cursor })}>Older</Link>
            </Button>
          )}
        </nav>
      )}
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
