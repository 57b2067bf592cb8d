import type { ReplayPermissions } from "@/components/permissions/replay-permissions";
import { type Actor, mayActor } from "@/lib/auth/permissions";
import { environment } from "@/lib/env";

/** What the reader of a page may replay, as its components explain it. The API decides. */
export function replayPermissions(actor: Actor): ReplayPermissions {
  return {
    mayReplay: mayActor(actor, "replay"),
    mayReplayMany: mayActor(actor, "replay_many"),
    mostChosen: environment().REPLAY_MAX_CHOSEN,
  };
}
