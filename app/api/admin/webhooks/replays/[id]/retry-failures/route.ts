import { handle, requested } from "@/app/api/handle";
import { retryFailures } from "@/lib/commands/retry-failures";
import { retryFailuresRequest } from "@/lib/contract/api/merchant-requests";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { describeBulkReplay } from "@/lib/queries/merchant-replays";
import { requireReplay } from "@/lib/queries/replays";

/** Retries what failed in a replay, all of it or some kinds of failure, as a new replay. */
export const POST = handle("replay", async (context) => {
  const asked = retryFailuresRequest.parse(await readReplayRequest(context.request));
  const replay = await requireReplay(String(context.params.id), context.actor);
  const idempotencyKey = idempotencyKeyOf(context.request);
  const created = await retryFailures(replay, { ...asked, idempotencyKey }, context);
  return requested(await describeBulkReplay(created, context.actor));
});
