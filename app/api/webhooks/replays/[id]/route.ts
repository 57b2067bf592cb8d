import { handle } from "@/app/api/handle";
import { requireReplay, summariseReplay } from "@/lib/queries/replays";

/** A replay with its counts, and how its items ended. */
export const GET = handle("view", async ({ params, actor }) => {
  const replay = await requireReplay(String(params.id), actor);
  return { ...replay, summary: await summariseReplay(replay.id, actor) };
});
