import { type Actor, mayActor } from "@/lib/auth/permissions";
import type { Replay } from "@/lib/contract/replays";
import { environment } from "@/lib/env";
import { Refusal } from "@/lib/refusals";

/**
 * Who may replay one event may replay a few that were chosen one by one, up to REPLAY_MAX_CHOSEN; a selection by
 * criteria, and more than that, needs `replay_many`. Throws a `Refusal`. `size` where the selection does not show it.
 */
export function requireReplaySize(actor: Actor, selection: object, size = sizeOf(selection)): void {
  const most = environment().REPLAY_MAX_CHOSEN;
  if (mayActor(actor, "replay_many") || (!("filter" in selection) && size <= most)) return;
  throw new Refusal("too_many_chosen", { role: actor.role, most });
}

/** The same for a replay that exists. */
export function requireSizeOf({ selection, total }: Replay, actor: Actor): void {
  requireReplaySize(actor, selection, "failures_of" in selection ? total : undefined);
}

function sizeOf(selection: { event_ids?: unknown; event_keys?: unknown }): number {
  const chosen = selection.event_ids ?? selection.event_keys;
  return Array.isArray(chosen) ? chosen.length : 0;
}
