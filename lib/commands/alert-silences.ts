/** Silences: what is not told for a while, by whom and why. */
import type { z } from "zod";
import type { silenceRequest } from "@/lib/contract/api/alert-silences";
import { numberInId, printId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { silenceNumber } from "@/lib/queries/alerts";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Makes a silence, and returns its id. Throws a `Refusal` for times that mean nothing, or what is not the caller's. */
export async function createSilence(
  { rule_id, provider_slug, org_id, destination_id, ...silence }: z.output<typeof silenceRequest>,
  by: ActorContext,
): Promise<string> {
  const answer = await call("console", "create_silence", {
    p_silence: {
      ...silence,
      rule_id: rule_id === null ? null : numberInId(rule_id),
      provider: provider_slug,
      organisation_id: org_id,
      destination_id: destination_id === null ? null : numberInId(destination_id),
    },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result === "done") return printId("silence", answer.id);
  if (answer.result === "beyond_scope") throw beyondScope(by.actor, "org_id");
  if (answer.result === "bad_span") throw new Refusal("silence_span");
  throw new Refusal(answer.result === "no_rule" ? "no_such_alert_rule" : "no_such_destination");
}

/** Ends a silence now. Throws a `Refusal`. */
export async function endSilence(id: string, by: ActorContext): Promise<void> {
  const args = { p_id: silenceNumber(id), ...scopeOf(by.actor), ...byArguments(by) };
  const { result } = await call("console", "end_silence", args);
  if (result === "not_found") throw new Refusal("no_such_silence");
  if (result === "ended") throw new Refusal("silence_ended");
}
