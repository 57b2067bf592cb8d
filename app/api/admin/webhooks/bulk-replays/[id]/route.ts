import { handle } from "@/app/api/handle";
import { requireReplay } from "@/lib/queries/replays";
import { progressOf } from "@/lib/queries/watch-replay";

/** Progress of a bulk replay. Its stream sends the same whenever it changes. */
export const GET = handle("view", async ({ params, actor }) =>
  progressOf(await requireReplay(String(params.id), actor)),
);
