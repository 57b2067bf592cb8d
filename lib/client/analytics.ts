import { useQuery } from "@tanstack/react-query";
import type { Analytics, Range } from "@/lib/contract/analytics";
import { keys } from "./keys";
import { requestJson } from "./request";

const COUNT_EVERY_MS = 10_000;

export function fetchAnalytics(range: Range, signal?: AbortSignal): Promise<Analytics> {
  return requestJson<Analytics>(`/api/webhooks/analytics?range=${range}`, { signal });
}

/** How many deliveries are dead now; undefined until known. The shortest range is the cheapest question. */
export function useDeadLetterCount(): number | undefined {
  const { data } = useQuery({
    queryKey: keys.deadLetters,
    queryFn: ({ signal }) => fetchAnalytics("15m", signal),
    refetchInterval: COUNT_EVERY_MS,
    select: (analytics) => analytics.dead_letters,
  });
  return data;
}
