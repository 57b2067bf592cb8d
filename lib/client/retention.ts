/** The console's client of retention. */
import type { Retention, RetentionChange } from "@/lib/contract/api/retention";
import { patchJson, requestJson } from "./request";

export function fetchRetention(signal?: AbortSignal): Promise<Retention> {
  return requestJson("/api/retention", { signal });
}

/** Refused with `rows` while fewer days than now are not confirmed. */
export function changeRetention(change: RetentionChange): Promise<Retention> {
  return patchJson("/api/retention", change);
}
