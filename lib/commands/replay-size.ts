import { type Actor, mayActor } from "@/lib/auth/permissions";
import type { Replay } from "@/lib/contract/replays";
import { environment } from "@/lib/env";
import { Refusal } from "@/lib/refusals";

/**
 * An actor who may replay one event may replay a few chosen events, up to REPLAY_MAX_CHOSEN. A selection by criteria, or a
 * larger one, needs `replay_many`. Throws a `Refusal`. `size` is for selections that do not show it.
 */
export function requireReplaySize(actor: Actor, selection: object, size = sizeOf(selection)): void {
  const most = environment().REPLAY_MAX_CHOSEN;
  if (mayActor(actor, "replay_many") || (!("filter" in selection) && size <= most)) return;
  throw new Refusal("too_many_chosen", { role: actor.role, most });
}

/** The same for an existing replay. */
export function requireSizeOf({ selection, total }: Replay, actor: Actor): void {
  requireReplaySize(actor, selection, "failures_of" in selection ? total : undefined);
}

function sizeOf(selection: { event_ids?: unknown; event_keys?: unknown }): number {
  const chosen = selection.event_ids ?? selection.event_keys;
  return Array.isArray(chosen) ? chosen.length : 0;
}
