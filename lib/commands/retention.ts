import type { z } from "zod";
import type { changeRetentionRequest } from "@/lib/contract/api/retention";
import { call } from "@/lib/db/client";
import { log } from "@/lib/log";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Changes how long a class is kept. Throws a `Refusal` for fewer days than now that are not confirmed. */
export async function changeRetention(
  change: z.output<typeof changeRetentionRequest>,
  by: ActorContext,
): Promise<void> {
  const answer = await call("console", "change_retention", {
    p_class: change.class,
    p_organisation_id: change.org_id,
    p_days: change.days ?? null,
    p_inherits: change.inherit ?? false,
    p_confirmed: change.confirmed,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result === "beyond_scope") throw beyondScope(by.actor, "org_id");
  if (answer.result === "confirm") throw new Refusal("retention_unconfirmed", { rows: answer.rows });
  log("retention_change", { request_id: by.requestId, class: change.class, actor: by.actor.id });
}
