import { answerReplay } from "@/app/api/ask-replay";
import { handle, readJson } from "@/app/api/handle";
import { replayBulkRequest, whichOf } from "@/lib/contract/api/replay-requests";

/** Replays events by their keys: `POST /api/webhooks/replay-bulk` of the OutboundEngine runbook. */
export const POST = handle("replay", async (context) => {
  const asked = replayBulkRequest.parse(await readJson(context.request));
  const { dry_run, options, reason, provider_slug, event_keys } = asked;
  const selection = { provider_slug, event_keys, ...whichOf(asked) };
  return answerReplay({ kind: "keys", selection, options, reason, dryRun: dry_run }, context);
});
