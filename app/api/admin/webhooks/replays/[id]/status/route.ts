import { handle } from "@/app/api/handle";
import { requireReplay } from "@/lib/queries/replays";
import { progressOf } from "@/lib/queries/watch-replay";

/** Progress of a replay, of whatever kind. */
export const GET = handle("view", async ({ params, actor }) =>
  progressOf(await requireReplay(String(params.id), actor)),
);
