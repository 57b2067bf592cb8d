/** The filters that people saved. Each person has their own; a token has those of whoever made it. */

import type { Actor } from "@/lib/auth/permissions";
import type { EventView } from "@/lib/contract/history";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { Problem, type ProblemInit } from "@/lib/errors";

type Refusal = "name_taken" | "too_many";

const REFUSED: Record<Refusal, ProblemInit> = {
  name_taken: {
    status: 409,
    title: "You already have a view with that name.",
    detail: "Choose another name, or delete the other view first.",
    field: "name",
  },
  too_many: {
    status: 409,
    title: "You have 50 views, which is the limit.",
    detail: "Delete one first.",
  },
};

/** By name. None for a token that nobody made in the console. */
export async function listEventViews(actor: Actor): Promise<EventView[]> {
  const person = personOf(actor);
  return person ? call("console", "list_event_views", { p_staff_id: person }) : [];
}

/** Throws a `Problem` when the name is taken, there are too many, or the actor stands for no person. */
export async function createEventView(view: { name: string; query: string }, actor: Actor): Promise<EventView> {
  const person = personOf(actor);
  if (!person) throw new Problem({ status: 403, title: "Views belong to people, and this token has no owner." });
  const answer = await call("console", "create_event_view", {
    p_staff_id: person,
    p_name: view.name,
    p_query: view.query,
  });
  if ("refused" in answer) throw new Problem(REFUSED[answer.refused]);
  return answer.view;
}

/** Deletes `ev_12` or `12`. Throws a `Problem` when this person has no such view. */
export async function deleteEventView(id: string, actor: Actor): Promise<void> {
  const person = personOf(actor);
  const number = parseId("view", id);
  const deleted =
    person && number && (await call("console", "delete_event_view", { p_staff_id: person, p_id: number }));
  if (!deleted) throw new Problem({ status: 404, title: "You have no such view.", detail: "Ids look like ev_12." });
}

function personOf(actor: Actor): string | undefined {
  return actor.kind === "staff" ? actor.id : actor.ownerId;
}
