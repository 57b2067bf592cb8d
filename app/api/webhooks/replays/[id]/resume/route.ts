import { handle } from "@/app/api/handle";
import { requireSizeOf } from "@/lib/commands/replay-size";
import { controlReplay } from "@/lib/commands/replays";
import { requireReplay } from "@/lib/queries/replays";

/** Goes on where it paused. Needs what starting it needs: pausing is for everybody who replays, going on is not. */
export const POST = handle("replay", async (context) => {
  const replay = await requireReplay(String(context.params.id), context.actor);
  requireSizeOf(replay, context.actor);
  return controlReplay(replay.id, "resume", context);
});
