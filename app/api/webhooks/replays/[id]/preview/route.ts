import { handle } from "@/app/api/handle";
import { previewReplay } from "@/lib/queries/replay-preview";
import { requireReplay } from "@/lib/queries/replays";

/** What the replay would do if it started now: counts, skips with reasons, and the exact rows. */
export const GET = handle("view", async ({ params, actor }) =>
  previewReplay(await requireReplay(String(params.id), actor), actor),
);
