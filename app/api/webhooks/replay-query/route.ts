import { answerReplay } from "@/app/api/ask-replay";
import { handle, readJson } from "@/app/api/handle";
import { replayQueryRequest } from "@/lib/contract/api/replay-requests";

/** Replays a provider's events of a time window: `POST /api/webhooks/replay-query` of the OutboundEngine runbook. */
export const POST = handle("replay_many", async (context) => {
  const body = replayQueryRequest.parse(await readJson(context.request));
  const { dry_run, options, reason, limit, provider_slug, ...rest } = body;
  const selection = { filter: { ...rest, provider_slug: [provider_slug] }, limit };
  return answerReplay({ kind: "query", selection, options, reason, dryRun: dry_run }, context);
});
