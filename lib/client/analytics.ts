import type { Analytics, Range } from "@/lib/contract/analytics";
import { requestJson } from "./request";

export function fetchAnalytics(range: Range, signal?: AbortSignal): Promise<Analytics> {
  return requestJson<Analytics>(`/api/webhooks/analytics?range=${range}`, { signal });
}
