/** resolve: a person marks failed or dead events as handled, with a reason. Nothing is delivered. */

import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";
import { log } from "@/lib/log";
import { scopeOf } from "@/lib/scope";
import type { Asker } from "./replay";

/** Answers how many were marked; the others are not failed or dead. Throws a `Problem` when none is. */
export async function resolveEvents(
  ids: readonly number[],
  asked: { reason: string; actor: Asker; requestId: string },
): Promise<{ resolved: number; not_resolved: number }> {
  const wanted = [...new Set(ids)];
  const resolved = await call("console", "resolve_events", {
    p_event_ids: wanted,
    p_reason: asked.reason,
    ...scopeOf(asked.actor),
    p_actor: asked.actor.name,
    p_actor_id: asked.actor.id,
    p_request_id: asked.requestId,
  });
  log("resolve", { request_id: asked.requestId, actor: asked.actor.id, asked: wanted.length, resolved });
  if (resolved > 0) return { resolved, not_resolved: wanted.length - resolved };
  throw new Problem({
    status: 409,
    title: "None of these events is failed or dead, so nothing was marked.",
    detail: "Reload the history to see their current status.",
  });
}
