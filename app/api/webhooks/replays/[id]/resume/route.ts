import { handle } from "@/app/api/handle";
import { requireSizeOf } from "@/lib/commands/replay-size";
import { controlReplay } from "@/lib/commands/replays";
import { requireReplay } from "@/lib/queries/replays";

/** Continues a paused replay. Needs the permission to start it; everyone who may replay may pause. */
export const POST = handle("replay", async (context) => {
  const replay = await requireReplay(String(context.params.id), context.actor);
  requireSizeOf(replay, context.actor);
  return controlReplay(replay.id, "resume", context);
});
