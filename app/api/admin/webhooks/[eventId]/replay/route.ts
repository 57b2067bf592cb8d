import { handle, requested } from "@/app/api/handle";
import { requestReplay } from "@/lib/commands/request-replay";
import { merchantReplayRequest } from "@/lib/contract/api/merchant-requests";
import { eventId } from "@/lib/contract/api/values";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeMerchantReplay } from "@/lib/queries/merchant-replays";
import { Refusal } from "@/lib/refusals";

/** Replays one event: `POST /admin/webhooks/{eventId}/replay` of the Globapay runbook. */
export const POST = handle("replay", async (context) => {
  const id = eventId.safeParse(context.params.eventId);
  if (!id.success) throw new Refusal("no_such_event");
  const asked = merchantReplayRequest.parse(await readReplayRequest(context.request));
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await requestReplay(
    { kind: "single", selection: { event_ids: [id.data] }, ...asked, idempotencyKey },
    context,
  );
  return requested(await describeMerchantReplay(created, context.actor));
});
