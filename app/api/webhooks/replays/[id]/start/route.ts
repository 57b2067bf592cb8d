import { handle } from "@/app/api/handle";
import { requireSizeOf } from "@/lib/commands/replay-size";
import { startReplay } from "@/lib/commands/replays";
import { requireReplay } from "@/lib/queries/replays";

/** Starts a draft: exactly the items of its preview. Starting it twice starts it once. */
export const POST = handle("replay", async (context) => {
  const replay = await requireReplay(String(context.params.id), context.actor);
  requireSizeOf(replay, context.actor);
  return startReplay(replay.id, context);
});
