/** What people do with an alert: acknowledge it, assign it, open an incident about it. */
import type { z } from "zod";
import type { acknowledgeRequest, alertIncidentRequest, assignAlertRequest } from "@/lib/contract/api/alerts";
import { numberInId, printId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { AlertIncidentDraft } from "@/lib/db/functions/alerts";
import { log } from "@/lib/log";
import { alertNumber } from "@/lib/queries/alerts";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { openIncident } from "./incidents";

/** It is not told again until it is well. Throws a `Refusal`. */
export async function acknowledgeAlert(
  id: string,
  { note }: z.output<typeof acknowledgeRequest>,
  by: ActorContext,
): Promise<void> {
  const answer = await call("console", "acknowledge_alert", { ...argumentsOf(id, by), p_note: note ?? null });
  logStep("acknowledge", id, answer.result, by);
  if (answer.result !== "done") throw new Refusal("no_such_alert");
}

/** Null takes it away from who has it. Throws a `Refusal` for a person who is not on the staff, or may not see it. */
export async function assignAlert(
  id: string,
  { assignee }: z.output<typeof assignAlertRequest>,
  by: ActorContext,
): Promise<void> {
  const answer = await call("console", "assign_alert", { ...argumentsOf(id, by), p_assignee: assignee });
  logStep("assign", id, answer.result, by);
  if (answer.result === "no_such_person") throw new Refusal("no_such_assignee", { email: assignee ?? "" });
  if (answer.result !== "done") throw new Refusal("no_such_alert");
}

/**
 * Opens an incident about what the alert is about: the failed and dead events of its window, or what a run found missing.
 * Returns the incident's id. Throws a `Refusal` when it has one already.
 */
export async function openAlertIncident(
  id: string,
  { title, severity }: z.output<typeof alertIncidentRequest>,
  by: ActorContext,
): Promise<string> {
  const draft = await call("console", "draft_alert_incident", { p_id: alertNumber(id), ...scopeOf(by.actor) });
  if (!draft) throw new Refusal("no_such_alert");
  if (draft.incident_id) throw new Refusal("alert_has_incident", { incident_id: draft.incident_id });
  const incident = await openIncident(
    {
      title: title ?? draft.title,
      cause: draft.cause,
      severity: severity ?? draft.severity,
      from_ts: draft.from_ts,
      to_ts: draft.to_ts,
      ...aboutOf(draft),
    },
    by,
  );
  await call("console", "link_alert_incident", { ...argumentsOf(id, by), p_incident_id: numberInId(incident) });
  logStep("open_incident", id, incident, by);
  return incident;
}

function aboutOf(draft: AlertIncidentDraft) {
  if (draft.reconciliation_id !== null)
    return { reconciliation_id: printId("reconciliation", draft.reconciliation_id) };
  const { provider, event_type, organisation_id, destination_id } = draft;
  const filter = {
    status: ["failed" as const, "dead" as const],
    ...(provider && { provider_slug: [provider] }),
    ...(event_type && { event_type }),
    ...(organisation_id && { org_id: organisation_id }),
    ...(destination_id && { destination: [printId("destination", destination_id)] }),
  };
  return { selection: { filter } };
}

function argumentsOf(id: string, by: ActorContext) {
  return { p_id: alertNumber(id), ...scopeOf(by.actor), ...byArguments(by) };
}

function logStep(step: string, id: string, decision: string, { actor, requestId }: ActorContext): void {
  log("alert", { request_id: requestId, alert: id, actor: actor.id, step, decision });
}
