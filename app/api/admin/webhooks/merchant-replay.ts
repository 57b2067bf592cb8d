/** Replays in the words of the merchant-delivery API: what was created, how large it is, how long it will take. */

import type { z } from "zod";
import { type Asked, askReplay, statusToCaller } from "@/app/api/ask-replay";
import type { ApiContext } from "@/app/api/handle";
import { type bulkReplayAnswer, clockOf, type merchantReplayAnswer } from "@/lib/contract/api/merchant-answers";
import { numberInId, printBulkReplayId } from "@/lib/contract/ids";
import { countReplay } from "@/lib/pipeline/preview";

/** Asks for a replay of one event. 202, or 200 with the preview of a dry run. */
export async function answerMerchantReplay(asked: Asked, context: ApiContext): Promise<Response> {
  const { replay, preview } = await askReplay(asked, context);
  const { estimated_seconds } = preview ?? (await countReplay(replay, context.actor));
  const answer: z.infer<typeof merchantReplayAnswer> = {
    replayId: replay.id,
    status: statusToCaller(replay),
    scheduledAt: replay.scheduled_at,
    estimatedDelivery: new Date(Date.parse(replay.scheduled_at) + Math.max(1, estimated_seconds) * 1000).toISOString(),
    ...(preview && { preview }),
  };
  return Response.json(answer, { status: preview ? 200 : 202 });
}

/** Asks for a replay of several. 202, or 200 with the preview of a dry run, whose draft can be started. */
export async function answerBulkReplay(asked: Asked, context: ApiContext): Promise<Response> {
  const { replay, preview, notFound } = await askReplay(asked, context);
  const counts = preview ?? (await countReplay(replay, context.actor));
  const answer: z.infer<typeof bulkReplayAnswer> = {
    bulkReplayId: printBulkReplayId(numberInId(replay.id)),
    replayId: replay.id,
    totalEvents: counts.events,
    matched: replay.matched,
    skipped: replay.skipped,
    notFound,
    batchCount: Math.ceil(counts.to_run / replay.options.batchSize),
    estimatedDuration: clockOf(counts.estimated_seconds),
    status: statusToCaller(replay),
    ...(preview && { preview }),
  };
  return Response.json(answer, { status: preview ? 200 : 202 });
}
