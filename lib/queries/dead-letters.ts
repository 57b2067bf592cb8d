import type { FailedWebhook } from "@/lib/contract/analytics";
import { call } from "@/lib/db/client";

/** The CloudGreet runbook shows a hundred. */
const SHOWN = 100;

/** The newest dead deliveries with their payloads. */
export function listDeadLetters(): Promise<FailedWebhook[]> {
  return call("console", "list_dead_letters", { p_limit: SHOWN });
}
