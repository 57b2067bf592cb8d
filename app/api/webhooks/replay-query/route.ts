import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { replayQueryRequest } from "@/lib/contract/api/replay-requests";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeRequested } from "@/lib/queries/replay-answers";

/** Replays a provider's events of a time window: `POST /api/webhooks/replay-query` of the OutboundEngine runbook. */
export const POST = handle("replay_many", async (context) => {
  const body = replayQueryRequest.parse(await readReplayRequest(context.request));
  const { dry_run: dryRun, options, reason, limit, provider_slug, ...rest } = body;
  const selection = { filter: { ...rest, provider_slug: [provider_slug] }, limit };
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay({ kind: "query", selection, options, reason, dryRun, idempotencyKey }, context);
  return requested(await describeRequested(created, context));
});
