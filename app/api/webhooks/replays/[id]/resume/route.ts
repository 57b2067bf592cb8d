import { handle } from "@/app/api/handle";
import { requireReplaySize } from "@/app/api/replay-size";
import { steer } from "@/lib/pipeline/replay";
import { findReplay } from "../find-replay";

/** Goes on where it paused. Needs what starting it needs: pausing is for everybody who replays, going on is not. */
export const POST = handle("replay", async (context) => {
  const { id, selection, total } = await findReplay(context);
  requireReplaySize(context.actor, selection, "failures_of" in selection ? total : undefined);
  return steer(id, "resume", context.actor, context.requestId);
});
