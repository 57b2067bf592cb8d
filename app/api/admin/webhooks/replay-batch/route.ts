import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { replayBatchRequest } from "@/lib/contract/api/merchant-requests";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeBulkReplay } from "@/lib/queries/merchant-replays";

/** Replays events by their ids: `POST /admin/webhooks/replay-batch` of the Globapay runbook. */
export const POST = handle("replay", async (context) => {
  const { eventIds, ...asked } = replayBatchRequest.parse(await readReplayRequest(context.request));
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay(
    { kind: "keys", selection: { event_ids: eventIds }, ...asked, idempotencyKey },
    context,
  );
  return requested(await describeBulkReplay(created, context.actor));
});
