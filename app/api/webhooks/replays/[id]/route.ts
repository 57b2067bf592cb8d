import { handle } from "@/app/api/handle";
import { Problem } from "@/lib/errors";
import { readReplay, readReplayItems } from "@/lib/pipeline/replay";

/** A replay with its counts and its first hundred items. */
export const GET = handle("view", async ({ params }) => {
  const replay = await readReplay(String(params.id));
  if (!replay) throw new Problem({ status: 404, title: "There is no such replay.", detail: "Ids look like wr_123." });
  return { ...replay, items: await readReplayItems(replay.id, 100) };
});
