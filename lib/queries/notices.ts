/** What a person asked to be told, and has not seen yet. */
import type { Actor } from "@/lib/auth/permissions";
import type { Notice } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import { scopeOf } from "@/lib/scope";

/** Newest first, at most twenty. */
export function listNotices(actor: Actor): Promise<Notice[]> {
  return call("console", "list_notices", { p_actor_id: actor.id, ...scopeOf(actor) });
}

/** Marks those up to a notice as seen, that one included. */
export async function seeNotices(actor: Actor, until: number): Promise<void> {
  await call("console", "see_notices", { p_actor_id: actor.id, p_until: until, ...scopeOf(actor) });
}
