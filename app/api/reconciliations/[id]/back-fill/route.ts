import { handle, readJson, requested } from "@/app/api/handle";
import { backFill } from "@/lib/commands/reconciliations";
import { backFillRequest } from "@/lib/contract/api/findings";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { describeRequested } from "@/lib/queries/replay-answers";

/** Stores what findings miss, and makes the replay that delivers it; with `draft` it waits until it is started. */
export const POST = handle("replay", async (context) => {
  const asked = backFillRequest.parse(await readJson(context.request));
  const idempotencyKey = idempotencyKeyOf(context.request);
  const { remaining, ...created } = await backFill(String(context.params.id), { ...asked, idempotencyKey }, context);
  const answer = { ...(await describeRequested(created, context)), remaining_findings: remaining };
  return requested(answer, asked.draft);
});
