/** resolve: a person marks failed or dead events as handled, with a reason. Nothing is delivered. */

import { call } from "@/lib/db/client";
import { log } from "@/lib/log";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Returns how many were marked; the others are not failed or dead. Throws a `Refusal` when none is. */
export async function resolveEvents(
  { ids, reason }: { ids: readonly number[]; reason: string },
  by: ActorContext,
): Promise<{ resolved: number; not_resolved: number }> {
  const wanted = [...new Set(ids)];
  const resolved = await call("console", "resolve_events", {
    p_event_ids: wanted,
    p_reason: reason,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  log("resolve", { request_id: by.requestId, actor: by.actor.id, asked: wanted.length, resolved });
  if (resolved > 0) return { resolved, not_resolved: wanted.length - resolved };
  throw new Refusal("none_to_resolve");
}
