/** Saving and deleting views of the history. */

import { accountOf } from "@/lib/auth/permissions";
import type { EventView } from "@/lib/contract/history";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import type { ActorContext } from "./actor";

const REFUSED = { name_taken: "view_name_taken", too_many: "too_many_views" } as const;

/**
 * Saves a filter under a name. Throws a `Refusal` when the name is taken, there are too many, or the actor has no person.
 */
export async function createEventView(
  view: { name: string; query: string },
  { actor }: ActorContext,
): Promise<EventView> {
  const person = accountOf(actor);
  if (!person) throw new Refusal("views_need_owner");
  const answer = await call("console", "create_event_view", {
    p_staff_id: person,
    p_name: view.name,
    p_query: view.query,
  });
  if ("refused" in answer) throw new Refusal(REFUSED[answer.refused]);
  return answer.view;
}

/** Deletes `ev_12` or `12`. Throws a `Refusal` when this person has no such view. */
export async function deleteEventView(id: string, { actor }: ActorContext): Promise<void> {
  const person = accountOf(actor);
  const number = parseId("view", id);
  const deleted =
    person && number && (await call("console", "delete_event_view", { p_staff_id: person, p_id: number }));
  if (!deleted) throw new Refusal("no_such_view");
}
