import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { bulkReplayRequest, filterOf } from "@/lib/contract/api/merchant-requests";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeBulkReplay } from "@/lib/queries/merchant-replays";

/** Replays by criteria: `POST /admin/webhooks/bulk-replay` of the Globapay runbook. */
export const POST = handle("replay_many", async (context) => {
  const { criteria, limit, ...asked } = bulkReplayRequest.parse(await readReplayRequest(context.request));
  const { eventTypes, timeRange, ...rest } = criteria;
  const selection = { filter: filterOf({ ...rest, eventType: eventTypes, ...timeRange }), limit };
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay({ kind: "criteria", selection, ...asked, idempotencyKey }, context);
  return requested(await describeBulkReplay(created, context.actor));
});
