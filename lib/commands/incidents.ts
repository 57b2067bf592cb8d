/**
 * Incidents: an outage is opened with what it affected, recovered step by step, and closed at zero. The worker recovers
 * (lib/incidents); here it is asked for. The database decides what is allowed: it holds the invariants.
 */
import type { z } from "zod";
import type {
  acceptIncidentRequest,
  changeIncidentRequest,
  endIncidentRequest,
  growIncidentRequest,
  noteRequest,
  openIncidentRequest,
  recoverIncidentRequest,
  verifyIncidentRequest,
} from "@/lib/contract/api/incident-requests";
import { numberInId } from "@/lib/contract/ids";
import { completeOptions } from "@/lib/contract/replay-options";
import { call } from "@/lib/db/client";
import type { IncidentSelection } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { wakeIncidents } from "@/lib/incidents/wake";
import { log } from "@/lib/log";
import { incidentNumber } from "@/lib/queries/incidents";
import { withKnownWords } from "@/lib/queries/known-words";
import type { Selection } from "@/lib/queries/replays";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { requireAdministrator } from "./incident-rights";

/** 50,000 events are frozen in some seconds. */
const FREEZE_MS = 30_000;

/** Freezes the set that the incident is about, and returns its id. Throws a `Refusal` when that is too large, or not theirs. */
export async function openIncident(asked: z.output<typeof openIncidentRequest>, by: ActorContext): Promise<string> {
  const { selection, reconciliation_id, ...rest } = asked;
  const answer = await call(
    "console",
    "open_incident",
    {
      p_incident: {
        ...rest,
        opened_by: reconciliation_id === undefined ? "person" : "run",
        selection: reconciliation_id
          ? { reconciliation_id: numberInId(reconciliation_id) }
          : await frozen(selection as Selection, rest, by.actor),
      },
      p_most: environment().INCIDENT_MAX_ITEMS,
      ...scopeOf(by.actor),
      ...byArguments(by),
    },
    FREEZE_MS,
  );
  note("open", by, answer);
  if (answer.result === "no_reconciliation") throw new Refusal("no_such_reconciliation");
  if (answer.result === "too_many") throw new Refusal("incident_too_large", answer);
  return answer.id;
}

/** Adds what a selection matches now; the log says how many. Throws a `Refusal`. */
export async function growIncident(
  id: string,
  { selection, reason }: z.output<typeof growIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  requireAdministrator("grow", by);
  const answer = await call(
    "console",
    "grow_incident",
    {
      p_id: incidentNumber(id),
      p_selection: await known(selection, by.actor),
      p_reason: reason,
      p_most: environment().INCIDENT_MAX_ITEMS,
      ...scopeOf(by.actor),
      ...byArguments(by),
    },
    FREEZE_MS,
  );
  note("grow", by, answer, id);
  if (answer.result === "too_many") throw new Refusal("incident_too_large", answer);
  requireResult(answer.result, "grown");
}

/** Throws a `Refusal` when the owner is nobody who may see the incident. */
export async function changeIncident(
  id: string,
  change: z.output<typeof changeIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  const answer = await call("console", "change_incident", {
    p_id: incidentNumber(id),
    p_change: change,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result === "no_such_person") throw new Refusal("no_such_owner");
  requireResult(answer.result, "changed");
}

export async function noteIncident(
  id: string,
  { message }: z.output<typeof noteRequest>,
  by: ActorContext,
): Promise<void> {
  const args = { p_id: incidentNumber(id), p_message: message, ...scopeOf(by.actor), ...byArguments(by) };
  if ((await call("console", "note_incident", args)) === null) throw new Refusal("no_such_incident");
}

/** Starts the recovery, or goes on behind its preview. To its end it needs an administrator. Throws a `Refusal`. */
export async function recoverIncident(
  id: string,
  asked: z.output<typeof recoverIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  if (asked.until === "end") requireAdministrator("recover", by);
  const { options, ...rest } = asked;
  completeOptions(options, "incident");
  await startWork(id, { mode: "recover", with_provider: true, ...rest, options: options ?? {} }, by);
}

/** Looks at the target's state of every item, and asks the providers again. Throws a `Refusal`. */
export async function verifyIncident(
  id: string,
  { with_provider }: z.output<typeof verifyIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  await startWork(id, { mode: "verify", with_provider }, by);
}

/** Accepts by name that items cannot be brought back. Throws a `Refusal` for items that may still be. */
export async function acceptIncidentItems(
  id: string,
  { positions, all, reason }: z.output<typeof acceptIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  requireAdministrator("accept", by);
  if ((positions === undefined) === (all === undefined)) throw new Refusal("positions_or_all");
  const answer = await call("console", "accept_incident_items", {
    p_id: incidentNumber(id),
    p_positions: positions ?? null,
    p_reason: reason,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  note("accept", by, answer, id);
  if (answer.result === "not_acceptable") throw new Refusal("not_acceptable", { positions: answer.positions });
  if (answer.result === "nothing") throw new Refusal("nothing_to_accept");
  requireResult(answer.result, "accepted");
}

/** Closes it when nothing is left. Throws a `Refusal` that says what is. */
export async function closeIncident(
  id: string,
  { reason }: z.output<typeof endIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  requireAdministrator("close", by);
  const args = { p_id: incidentNumber(id), p_reason: reason, ...scopeOf(by.actor), ...byArguments(by) };
  const answer = await call("console", "close_incident", args);
  note("close", by, answer, id);
  if (answer.result === "not_done") throw new Refusal("incident_not_done", answer);
  if (answer.result === "closed_already") throw new Refusal("incident_closed");
  requireResult(answer.result, "closed");
}

/** Throws a `Refusal` when it is not closed. */
export async function reopenIncident(
  id: string,
  { reason }: z.output<typeof endIncidentRequest>,
  by: ActorContext,
): Promise<void> {
  const args = { p_id: incidentNumber(id), p_reason: reason, ...scopeOf(by.actor), ...byArguments(by) };
  const answer = await call("console", "reopen_incident", args);
  note("reopen", by, answer, id);
  if (answer.result === "not_closed") throw new Refusal("incident_not_closed");
  requireResult(answer.result, "reopened");
}

async function startWork(id: string, recovery: Record<string, unknown>, by: ActorContext): Promise<void> {
  const answer = await call("console", "recover_incident", {
    p_id: incidentNumber(id),
    p_recovery: recovery,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  note(String(recovery.mode), by, answer, id);
  requireResult(answer.result, "started");
  wakeIncidents();
}

/** A filter without a time would take every event there ever was: it is about the outage. */
async function frozen(
  selection: Selection,
  { from_ts, to_ts }: { from_ts: string; to_ts: string },
  asker: Scoped,
): Promise<IncidentSelection> {
  const named = await known(selection, asker);
  if (!("filter" in named)) return named;
  const { filter } = named;
  if ("from_ts" in filter || "to_ts" in filter || "range" in filter) return named;
  return { ...named, filter: { ...filter, from_ts, to_ts } };
}

async function known(selection: Selection, asker: Scoped): Promise<Selection> {
  return "filter" in selection ? { ...selection, filter: await withKnownWords(selection.filter, asker) } : selection;
}

function requireResult(result: string, wanted: string): void {
  if (result === wanted) return;
  if (result === "closed") throw new Refusal("incident_closed");
  throw new Refusal(result === "under_way" ? "recovery_under_way" : "no_such_incident");
}

function note(step: string, { actor, requestId }: ActorContext, answer: { result: string; id?: string }, id?: string) {
  log("incident", {
    request_id: requestId,
    incident: id ?? answer.id,
    actor: actor.id,
    step,
    decision: answer.result,
  });
}
