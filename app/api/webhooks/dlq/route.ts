import { z } from "zod";
import { handle, readJson } from "@/app/api/handle";
import { listDeadLetters } from "@/lib/queries/dead-letters";
import { replayDeadLetters } from "./replay-dead-letters";

const body = z.union([
  z.object({
    webhook_id: z.union([z.string(), z.number()]).transform(String),
    reason: z.string().min(3).max(1000).optional(),
  }),
  z.object({ retry_all: z.literal(true), reason: z.string().min(3).max(1000).optional() }),
]);

/** The newest dead letters: the CloudGreet runbook's dead letter queue. */
export const GET = handle("view", async () => ({ failed_webhooks: await listDeadLetters() }));

/** Replays one dead letter (`webhook_id`) or all of them (`retry_all`, at most 500 at a time). */
export const POST = handle("replay", async (context) =>
  replayDeadLetters(body.parse(await readJson(context.request)), context),
);
