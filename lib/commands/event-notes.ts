/** Notes about an event, who takes care of it, and taking a resolve back. Nothing is delivered. */
import type { EventAssignee, EventNote } from "@/lib/contract/api/event-notes";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { log } from "@/lib/log";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Throws a `Refusal` when the caller may see no such event. */
export async function noteEvent(id: string, message: string, by: ActorContext): Promise<EventNote> {
  const args = { p_event_id: numberOf(id), p_message: message, ...scopeOf(by.actor), ...byArguments(by) };
  const note = await call("console", "note_event", args);
  if (!note) throw new Refusal("no_such_event");
  return note;
}

/** Null takes it away from who has it. Throws a `Refusal` for a person who is not on the staff, or does not see the event. */
export async function assignEvent(id: string, email: string | null, by: ActorContext): Promise<EventAssignee | null> {
  const args = { p_event_id: numberOf(id), p_assignee: email, ...scopeOf(by.actor), ...byArguments(by) };
  const answer = await call("console", "assign_event", args);
  if (answer.result === "assigned") return answer.assignee;
  if (answer.result === "not_found") throw new Refusal("no_such_event");
  throw new Refusal(answer.result === "no_such_person" ? "no_such_assignee" : "assignee_beyond_scope", {
    email: email ?? "",
  });
}

export interface Reopened {
  reopened: number;
  /** Events that were not resolved. */
  not_reopened: number;
}

/** Undoes a resolve: the events' status is what their deliveries say. Throws a `Refusal` when none was resolved. */
export async function reopenEvents(
  { ids, reason }: { ids: readonly number[]; reason: string },
  by: ActorContext,
): Promise<Reopened> {
  const wanted = [...new Set(ids)];
  const args = { p_event_ids: wanted, p_reason: reason, ...scopeOf(by.actor), ...byArguments(by) };
  const reopened = await call("console", "reopen_events", args);
  log("reopen", { request_id: by.requestId, actor: by.actor.id, asked: wanted.length, reopened });
  if (reopened > 0) return { reopened, not_reopened: wanted.length - reopened };
  throw new Refusal("none_to_reopen");
}

function numberOf(id: string): number {
  const number = parseId("event", id);
  if (number === undefined) throw new Refusal("no_such_event");
  return number;
}
