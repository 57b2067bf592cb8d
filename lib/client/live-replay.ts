/** A replay that is read again by itself. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Interest } from "@/lib/contract/live";
import type { ReplayStatus } from "@/lib/contract/vocabulary";
import { useLiveQuery } from "./live-query";
import { railCountsQuery } from "./queries/frame";
import { replayItemsQuery, replayQuery } from "./queries/replays";
import type { ItemOutcome, ReplayDetail } from "./replays";

/** Intervals for a tab without the stream of changes. */
const MOVING_MS = 700;
/** Paused, or waiting for its start time: another user may control it. */
const RESTING_MS = 3_000;
const ENDED_MS = 15_000;

export function isEnded(status: ReplayStatus): boolean {
  return status === "completed" || status === "stopped" || status === "cancelled";
}

export function isMoving(status: ReplayStatus): boolean {
  return status === "queued" || status === "running";
}

export function useLiveReplay(id: string) {
  const client = useQueryClient();
  const live = useLiveQuery(replayQuery(id), {
    topics: [id as Interest],
    interval: ({ status }) => {
      if (isEnded(status)) return ENDED_MS;
      return isMoving(status) ? MOVING_MS : RESTING_MS;
    },
  });
  const moving = isMoving(live.data.status);
  useEffect(() => {
    // The sidebar counts running replays and dead letters: both have changed.
    if (!moving) void client.invalidateQueries({ queryKey: railCountsQuery().queryKey });
  }, [moving, client]);
  return { replay: live.data, refetch: live.refetch, lost: live.error !== null };
}

/** The items of one outcome or of all, page by page, read again whenever the replay's counts change. */
export function useReplayItems(replay: ReplayDetail, outcome: ItemOutcome | undefined) {
  const { status, succeeded, failed, skipped, in_progress } = replay;
  const query = useInfiniteQuery(replayItemsQuery(replay.id, outcome));
  const { refetch } = query;
  const counts = [status, succeeded, failed, skipped, in_progress].join(" ");
  const [seen, setSeen] = useState(counts);
  useEffect(() => {
    if (counts === seen) return;
    setSeen(counts);
    // Starts a new request: the answer under way may be older than these counts.
    void refetch();
  }, [counts, seen, refetch]);
  return query;
}
