import { handle } from "@/app/api/handle";
import { steer } from "@/lib/pipeline/replay";
import { findReplay } from "../find-replay";

/** Takes back what has not been claimed; what is at an endpoint this moment ends and counts. */
export const POST = handle("replay", async (context) => {
  const { id } = await findReplay(context);
  return steer(id, "pause", context.actor, context.requestId);
});
