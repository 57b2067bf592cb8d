import { useQuery } from "@tanstack/react-query";
import type { Analytics, Range } from "@/lib/contract/analytics";
import { keys } from "./keys";
import { requestJson } from "./request";

const COUNT_EVERY_MS = 10_000;

export function fetchAnalytics(range: Range, signal?: AbortSignal): Promise<Analytics> {
  return requestJson<Analytics>(`/api/webhooks/analytics?range=${range}`, { signal });
}

/** How many deliveries are dead and how many replays are under way; undefined until known. */
export function useRailCounts(): { dead: number; replays: number } | undefined {
  const { data } = useQuery({
    queryKey: keys.deadLetters,
    // The shortest range is the cheapest question.
    queryFn: ({ signal }) => fetchAnalytics("15m", signal),
    refetchInterval: COUNT_EVERY_MS,
    select: ({ dead_letters, running_replays }) => ({ dead: dead_letters, replays: running_replays }),
  });
  return data;
}
