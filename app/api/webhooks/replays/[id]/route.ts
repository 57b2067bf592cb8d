import { handle } from "@/app/api/handle";
import { Problem } from "@/lib/errors";
import { readReplay } from "@/lib/pipeline/replay";
import { summariseReplay } from "@/lib/queries/replays";

/** A replay with its counts, and how its items ended. */
export const GET = handle("view", async ({ params }) => {
  const replay = await readReplay(String(params.id));
  if (!replay) throw new Problem({ status: 404, title: "There is no such replay.", detail: "Ids look like wr_123." });
  return { ...replay, summary: await summariseReplay(replay.id) };
});
