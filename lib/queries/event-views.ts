/** Saved filters. Each person has their own; a token has those of its maker. */
import { type Actor, accountOf } from "@/lib/auth/permissions";
import type { EventView } from "@/lib/contract/history";
import { call } from "@/lib/db/client";

/** By name. None for a token that was not made in the console. */
export async function listEventViews(actor: Actor): Promise<EventView[]> {
  const person = accountOf(actor);
  return person ? call("console", "list_event_views", { p_staff_id: person }) : [];
}
