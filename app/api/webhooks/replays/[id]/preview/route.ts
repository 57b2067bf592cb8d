import { handle } from "@/app/api/handle";
import { previewReplay } from "@/lib/pipeline/preview";
import { findReplay } from "../find-replay";

/** What the replay would do if it started now: counts, skips with reasons, and the exact rows. */
export const GET = handle("view", async (context) => previewReplay(await findReplay(context), context.actor));
