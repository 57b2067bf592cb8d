import { handle } from "@/app/api/handle";
import { summariseReplay } from "@/lib/queries/replays";
import { findReplay } from "./find-replay";

/** A replay with its counts, and how its items ended. */
export const GET = handle("view", async (context) => {
  const replay = await findReplay(context);
  return { ...replay, summary: await summariseReplay(replay.id, context.actor) };
});
