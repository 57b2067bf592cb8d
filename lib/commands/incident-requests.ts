/** What a person may not do with an incident, they ask for: an administrator approves or declines it, with a reason. */
import type { z } from "zod";
import {
  acceptIncidentRequest,
  type askIncidentRequest,
  type decideIncidentRequest,
  endIncidentRequest,
  growIncidentRequest,
  recoverIncidentRequest,
} from "@/lib/contract/api/incident-requests";
import type { IncidentRequest } from "@/lib/contract/api/incidents";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { incidentNumber } from "@/lib/queries/incidents";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { requireAdministrator } from "./incident-rights";
import { acceptIncidentItems, closeIncident, growIncident, recoverIncident } from "./incidents";

/** The body of each call that can be asked for, and what it does. */
const CALLS: Record<
  IncidentRequest["action"],
  { body: z.ZodType; run: (id: string, body: never, by: ActorContext) => Promise<void> }
> = {
  grow: { body: growIncidentRequest, run: growIncident },
  recover: { body: recoverIncidentRequest, run: recoverIncident },
  accept: { body: acceptIncidentRequest, run: acceptIncidentItems },
  close: { body: endIncidentRequest, run: closeIncident },
};

/** Throws a ZodError when the body is not one of that call, a `Refusal` when the caller may see no such incident. */
export async function askIncident(
  id: string,
  { action, input, reason }: z.output<typeof askIncidentRequest>,
  by: ActorContext,
): Promise<string> {
  CALLS[action].body.parse(input);
  const answer = await call("console", "ask_incident_request", {
    p_id: incidentNumber(id),
    p_action: action,
    p_input: input,
    p_reason: reason,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result === "not_found") throw new Refusal("no_such_incident");
  return answer.id;
}

/**
 * An approved request is done at once, in the name of who approves it, and only then counts as decided: what is refused
 * stays open. Nobody decides their own. Throws a `Refusal`.
 */
export async function decideRequest(
  id: string,
  requestId: string,
  { approve, reason }: z.output<typeof decideIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  requireAdministrator("close", by);
  const request = parseId("incidentRequest", requestId);
  if (request === undefined) throw new Refusal("no_such_incident_request");
  const which = { p_id: incidentNumber(id), p_request: request, ...scopeOf(by.actor) };
  const open = await call("console", "open_incident_request", { ...which, p_actor_id: by.actor.id });
  if (open.result !== "open") throw undecided(open.result);
  if (approve) {
    const { body, run } = CALLS[open.action];
    await run(id, body.parse(open.input) as never, by);
  }
  const args = { ...which, p_approve: approve, p_reason: reason, ...byArguments(by) };
  const { result } = await call("console", "decide_incident_request", args);
  if (result !== "done") throw undecided(result);
}

function undecided(result: "not_found" | "decided" | "own"): Refusal {
  if (result === "own") return new Refusal("own_incident_request");
  return new Refusal(result === "decided" ? "incident_request_decided" : "no_such_incident_request");
}
