import { handle } from "@/app/api/handle";
import { findReplay } from "@/app/api/webhooks/replays/[id]/find-replay";
import { progressOf } from "@/lib/queries/watch-replay";

/** Progress of a replay, of whatever kind. */
export const GET = handle("view", async (context) => progressOf(await findReplay(context)));
