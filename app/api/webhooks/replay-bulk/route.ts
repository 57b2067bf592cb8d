import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { replayBulkRequest } from "@/lib/contract/api/replay-requests";
import { whichOf } from "@/lib/contract/api/which-event";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeRequested } from "@/lib/queries/replay-answers";

/** Replays events by their keys: `POST /api/webhooks/replay-bulk` of the OutboundEngine runbook. */
export const POST = handle("replay", async (context) => {
  const asked = replayBulkRequest.parse(await readReplayRequest(context.request));
  const { dry_run: dryRun, options, reason, provider_slug, event_keys } = asked;
  const selection = { provider_slug, event_keys, ...whichOf(asked) };
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay({ kind: "keys", selection, options, reason, dryRun, idempotencyKey }, context);
  return requested(await describeRequested(created, context));
});
