/** Replays for the merchant-delivery API, in its words: the new replay, its size, and its estimated duration. */

import type { z } from "zod";
import { type bulkReplayAnswer, clockOf, type merchantReplayAnswer } from "@/lib/contract/api/merchant-answers";
import { numberInId, printBulkReplayId } from "@/lib/contract/ids";
import type { Scoped } from "@/lib/scope";
import { type RequestedReplay, statusToCaller } from "./replay-answers";
import { countReplay } from "./replay-preview";

export async function describeMerchantReplay(
  { replay, preview }: RequestedReplay,
  asker: Scoped,
): Promise<z.infer<typeof merchantReplayAnswer>> {
  const { estimated_seconds } = preview ?? (await countReplay(replay, asker));
  return {
    replayId: replay.id,
    status: statusToCaller(replay),
    scheduledAt: replay.scheduled_at,
    estimatedDelivery: new Date(Date.parse(replay.scheduled_at) + Math.max(1, estimated_seconds) * 1000).toISOString(),
    ...(preview && { preview }),
  };
}

/** A replay of several events. The draft of a dry run can be started. */
export async function describeBulkReplay(
  { replay, preview, notFound }: RequestedReplay,
  asker: Scoped,
): Promise<z.infer<typeof bulkReplayAnswer>> {
  const counts = preview ?? (await countReplay(replay, asker));
  return {
    bulkReplayId: printBulkReplayId(numberInId(replay.id)),
    replayId: replay.id,
    totalEvents: counts.events,
    matched: replay.matched,
    remaining: replay.remaining,
    skipped: replay.skipped,
    notFound,
    batchCount: Math.ceil(counts.to_run / replay.options.batchSize),
    estimatedDuration: clockOf(counts.estimated_seconds),
    status: statusToCaller(replay),
    ...(preview && { preview }),
  };
}
