import { useQuery } from "@tanstack/react-query";
import type { HealthCheck } from "@/lib/contract/health";
import { healthQuery } from "./queries/frame";

const ASK_EVERY_MS = 30_000;

/** Failed health checks of Redrive itself; empty until known. */
export function useTroubles(): HealthCheck[] {
  const { data } = useQuery({ ...healthQuery(), refetchInterval: ASK_EVERY_MS });
  return data?.checks.filter(({ status }) => status === "degraded" || status === "failed") ?? [];
}
