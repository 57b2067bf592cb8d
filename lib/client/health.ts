import { useQuery } from "@tanstack/react-query";
import type { DeepHealth, HealthCheck } from "@/lib/contract/health";
import { keys } from "./keys";
import { requestJson } from "./request";

const ASK_EVERY_MS = 30_000;

/** What is wrong with Redrive itself; nothing until known. */
export function useTroubles(): HealthCheck[] {
  const { data } = useQuery({
    queryKey: keys.health,
    queryFn: ({ signal }) => requestJson<DeepHealth>("/api/health/deep", { signal }),
    refetchInterval: ASK_EVERY_MS,
  });
  return data?.checks.filter(({ status }) => status === "degraded" || status === "failed") ?? [];
}
