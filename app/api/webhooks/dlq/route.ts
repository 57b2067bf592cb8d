import { handle, readJson } from "@/app/api/handle";
import { deadLettersRequest } from "@/lib/contract/api/replay-requests";
import { listDeadLetters } from "@/lib/queries/dead-letters";
import { replayDeadLetters } from "./replay-dead-letters";

/** The newest dead letters: the CloudGreet runbook's dead letter queue. */
export const GET = handle("view", async ({ actor }) => ({ failed_webhooks: await listDeadLetters(actor) }));

/** Replays one dead letter (`webhook_id`) or all of them (`retry_all`, the oldest first, as many as a bulk replay takes). */
export const POST = handle("replay", async (context) =>
  replayDeadLetters(deadLettersRequest.parse(await readJson(context.request)), context),
);
