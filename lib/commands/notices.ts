import { call } from "@/lib/db/client";
import { scopeOf } from "@/lib/scope";
import type { ActorContext } from "./actor";

/** Marks notices as seen, up to and including this one. */
export async function seeNotices(until: number, { actor }: ActorContext): Promise<void> {
  await call("console", "see_notices", { p_actor_id: actor.id, p_until: until, ...scopeOf(actor) });
}
