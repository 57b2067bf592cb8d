import { useQuery } from "@tanstack/react-query";
import { railCountsQuery } from "./queries/frame";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

const COUNT_EVERY_MS = 10_000;
const COUNT_AT_MOST_EVERY_MS = 2_000;

/** How many events are dead or missing, and how many replays are under way; undefined until known. */
export function useRailCounts(): { dead: number; replays: number; missing: number; repaired: number } | undefined {
  const streaming = useLiveRefetch({
    interests: ["dead_letters", "replays"],
    read: () => void refetch(),
    atMostEvery: COUNT_AT_MOST_EVERY_MS,
  });
  const { data, refetch } = useQuery({
    ...railCountsQuery(),
    refetchInterval: streaming ? STREAM_POLL_MS : COUNT_EVERY_MS,
    select: ({ dead_letters, running_replays, missing, repaired_24h }) => ({
      dead: dead_letters,
      replays: running_replays,
      missing,
      repaired: repaired_24h,
    }),
  });
  return data;
}
