/** A replay that keeps itself current. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Interest } from "@/lib/contract/live";
import type { ReplayItem } from "@/lib/contract/replays";
import type { ReplayStatus } from "@/lib/contract/vocabulary";
import { keys } from "./keys";
import { useLiveQuery } from "./live-query";
import { fetchReplay, fetchReplayItems, ITEMS_PER_PAGE, type ItemOutcome, type ReplayDetail } from "./replays";

/** These are for a tab without the stream of changes. */
const MOVING_MS = 700;
/** Paused, or waiting for its time: somebody else may steer it. */
const RESTING_MS = 3_000;
const ENDED_MS = 15_000;
/** Items of another outcome, when somebody comes back to them later, are read again. */
const FRESH_MS = 2_000;

export function isEnded(status: ReplayStatus): boolean {
  return status === "completed" || status === "stopped" || status === "cancelled";
}

export function isMoving(status: ReplayStatus): boolean {
  return status === "queued" || status === "running";
}

export function useLiveReplay(initial: ReplayDetail) {
  const client = useQueryClient();
  const live = useLiveQuery({
    queryKey: keys.replay(initial.id),
    read: (signal) => fetchReplay(initial.id, signal),
    initialData: initial,
    topics: [initial.id as Interest],
    interval: ({ status }) => {
      if (isEnded(status)) return ENDED_MS;
      return isMoving(status) ? MOVING_MS : RESTING_MS;
    },
  });
  const moving = isMoving(live.data.status);
  useEffect(() => {
    // The rail counts replays under way and dead letters: both have changed.
    if (!moving) void client.invalidateQueries({ queryKey: keys.rail });
  }, [moving, client]);
  return { replay: live.data, refetch: live.refetch, lost: live.error !== null };
}

/** The items of one outcome or all, page by page, read again whenever the replay's counts change. */
export function useReplayItems(replay: ReplayDetail, outcome: ItemOutcome | undefined, initial?: ReplayItem[]) {
  const { status, succeeded, failed, skipped, in_progress } = replay;
  const query = useInfiniteQuery({
    queryKey: keys.replayItems(replay.id, outcome ?? "all"),
    queryFn: ({ pageParam, signal }) =>
      fetchReplayItems(replay.id, { outcome, after: pageParam, limit: ITEMS_PER_PAGE }, signal),
    initialPageParam: 0,
    initialData: initial && { pages: [initial], pageParams: [0] },
    getNextPageParam: (page) => (page.length < ITEMS_PER_PAGE ? null : page.at(-1)?.position),
    staleTime: FRESH_MS,
    retry: false,
  });
  const { refetch } = query;
  const counts = [status, succeeded, failed, skipped, in_progress].join(" ");
  const [seen, setSeen] = useState(counts);
  useEffect(() => {
    if (counts === seen) return;
    setSeen(counts);
    // Not the answer that is on its way: it may be older than these counts.
    void refetch();
  }, [counts, seen, refetch]);
  return query;
}
