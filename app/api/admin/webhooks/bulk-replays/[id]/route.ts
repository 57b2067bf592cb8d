import { handle } from "@/app/api/handle";
import { findReplay } from "@/app/api/webhooks/replays/[id]/find-replay";
import { progressOf } from "@/lib/queries/watch-replay";

/** Progress of a bulk replay. Its stream sends the same whenever it changes. */
export const GET = handle("view", async (context) => progressOf(await findReplay(context)));
