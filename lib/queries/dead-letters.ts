import type { FailedWebhook } from "@/lib/contract/analytics";
import type { DeadLetters, RailCounts } from "@/lib/contract/dead-letters";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** To see more causes than this, a user filters instead of scrolling. */
const SHOWN_GROUPS = 100;

/** The newest dead deliveries with their payloads. */
export function listDeadLetters(limit: number, asker: Scoped): Promise<FailedWebhook[]> {
  return call("console", "list_dead_letters", { p_limit: limit, ...scopeOf(asker) });
}

/** Dead deliveries by cause, largest group first. */
export function listDeadLetterGroups(asker: Scoped): Promise<DeadLetters> {
  return call("console", "list_dead_letter_groups", { p_limit: SHOWN_GROUPS, ...scopeOf(asker) });
}

/** The counts in the sidebar, which every page reads. */
export async function readNavCounts(asker: Scoped): Promise<RailCounts> {
  const [counts, { missing, rejected, not_subscribed, repaired_24h }] = await Promise.all([
    call("console", "read_nav_counts", scopeOf(asker)),
    call("console", "missing_counts", scopeOf(asker)),
  ]);
  return { ...counts, missing: missing + rejected + not_subscribed, repaired_24h };
}
