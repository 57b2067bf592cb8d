import { type Analytics, type Period, printPeriod } from "@/lib/contract/analytics";
import { requestJson } from "./request";

export function fetchAnalytics(period: Period, signal?: AbortSignal): Promise<Analytics> {
  return requestJson<Analytics>(`/api/webhooks/analytics?${printPeriod(period)}`, { signal });
}
