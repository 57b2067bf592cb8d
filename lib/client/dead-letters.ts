import type { DeadLetters } from "@/lib/contract/dead-letters";
import { requestJson } from "./request";

export function fetchDeadLetters(signal?: AbortSignal): Promise<DeadLetters> {
  return requestJson<DeadLetters>("/api/dead-letters", { signal });
}
