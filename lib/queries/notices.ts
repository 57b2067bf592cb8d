/** Notices that a person asked for, and has not seen yet. */
import type { Actor } from "@/lib/auth/permissions";
import type { Notice } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import { scopeOf } from "@/lib/scope";

/** Newest first, at most twenty. */
export function listNotices(actor: Actor): Promise<Notice[]> {
  return call("console", "list_notices", { p_actor_id: actor.id, ...scopeOf(actor) });
}
