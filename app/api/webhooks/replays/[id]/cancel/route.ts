import { handle } from "@/app/api/handle";
import { steer } from "@/lib/pipeline/replay";
import { findReplay } from "../find-replay";

/** Ends it: what has not run is skipped, untouched. */
export const POST = handle("replay", async (context) => {
  const { id } = await findReplay(context);
  return steer(id, "cancel", context.actor, context.requestId);
});
