import { answerReplay } from "@/app/api/ask-replay";
import { handle, readJson } from "@/app/api/handle";
import { replayBulkRequest } from "@/lib/contract/api/replay-requests";

/** Replays events by their keys: `POST /api/webhooks/replay-bulk` of the OutboundEngine runbook. */
export const POST = handle("replay", async (context) => {
  const { dry_run, options, reason, ...selection } = replayBulkRequest.parse(await readJson(context.request));
  return answerReplay({ kind: "keys", selection, options, reason, dryRun: dry_run }, context);
});
