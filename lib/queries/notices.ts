/** What a person asked to be told, and has not seen yet. */
import type { Notice } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";

/** Newest first, at most twenty. */
export function listNotices(actorId: string): Promise<Notice[]> {
  return call("console", "list_notices", { p_actor_id: actorId });
}

/** Marks those up to a notice as seen, that one included. */
export async function seeNotices(actorId: string, until: number): Promise<void> {
  await call("console", "see_notices", { p_actor_id: actorId, p_until: until });
}
