import { handle } from "@/app/api/handle";
import { requireReplaySize } from "@/app/api/replay-size";
import { startReplay } from "@/lib/pipeline/replay";
import { findReplay } from "../find-replay";

/** Starts a draft: exactly the items of its preview. Starting it twice starts it once. */
export const POST = handle("replay", async (context) => {
  const { id, selection, total } = await findReplay(context);
  requireReplaySize(context.actor, selection, "failures_of" in selection ? total : undefined);
  return startReplay(id, context.actor, context.requestId);
});
