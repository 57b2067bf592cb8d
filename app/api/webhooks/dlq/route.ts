import { handle } from "@/app/api/handle";
import { replayDeadLetters } from "@/lib/commands/dead-letters";
import { deadLettersRequest, listDeadLettersRequest } from "@/lib/contract/api/dead-letters";
import { readQuery } from "@/lib/contract/event-filter";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";
import { listDeadLetters } from "@/lib/queries/dead-letters";

/** The newest dead letters: the CloudGreet runbook's dead letter queue. */
export const GET = handle("view", async ({ request, actor }) => {
  const { limit } = listDeadLettersRequest.parse(readQuery(new URL(request.url).searchParams));
  return { failed_webhooks: await listDeadLetters(limit, actor) };
});

/** Replays one dead letter (`webhook_id`) or all of them (`retry_all`, the oldest first, as many as a bulk replay takes). */
export const POST = handle("replay", async (context) => {
  const asked = deadLettersRequest.parse(await readReplayRequest(context.request));
  return replayDeadLetters({ ...asked, idempotencyKey: idempotencyKeyOf(context.request) }, context);
});
