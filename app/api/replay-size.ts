import { type Actor, mayActor } from "@/lib/auth/permissions";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";

/**
 * Whoever may replay one event may replay a few that were chosen one by one, up to REPLAY_MAX_CHOSEN; a selection by
 * criteria, and more than that, needs `replay_many`. Throws a `Problem`. `size` where the selection does not show it.
 */
export function requireReplaySize(actor: Actor, selection: object, size = sizeOf(selection)): void {
  const most = environment().REPLAY_MAX_CHOSEN;
  if (mayActor(actor, "replay_many") || (!("filter" in selection) && size <= most)) return;
  throw new Problem({
    status: 403,
    title: `${actor.role ? `The role ${actor.role}` : "This token"} may replay up to ${most} events that were chosen one by one.`,
    detail: "Choose fewer, or ask an administrator.",
  });
}

function sizeOf(selection: { event_ids?: unknown; event_keys?: unknown }): number {
  const chosen = selection.event_ids ?? selection.event_keys;
  return Array.isArray(chosen) ? chosen.length : 0;
}
