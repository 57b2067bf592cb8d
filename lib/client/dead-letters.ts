import { useQuery } from "@tanstack/react-query";
import type { DeadLetters, RailCounts } from "@/lib/contract/dead-letters";
import { keys } from "./keys";
import { requestJson } from "./request";

const COUNT_EVERY_MS = 10_000;

export function fetchDeadLetters(signal?: AbortSignal): Promise<DeadLetters> {
  return requestJson<DeadLetters>("/api/dead-letters", { signal });
}

/** How many events are dead and how many replays are under way; undefined until known. */
export function useRailCounts(): { dead: number; replays: number } | undefined {
  const { data } = useQuery({
    queryKey: keys.rail,
    queryFn: ({ signal }) => requestJson<RailCounts>("/api/rail", { signal }),
    refetchInterval: COUNT_EVERY_MS,
    select: ({ dead_letters, running_replays }) => ({ dead: dead_letters, replays: running_replays }),
  });
  return data;
}
