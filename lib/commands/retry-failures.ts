import type { z } from "zod";
import type { retryFailuresRequest } from "@/lib/contract/api/merchant-requests";
import { classesOf } from "@/lib/contract/failure-labels";
import { replayOptionsSchema } from "@/lib/contract/replay-options";
import type { Replay } from "@/lib/contract/replays";
import type { RequestedReplay } from "@/lib/queries/replay-answers";
import { replayNumber } from "@/lib/queries/replays";
import type { ActorContext } from "./actor";
import { requireReplaySize } from "./replay-size";
import { requestReplay } from "./request-replay";

type Asked = z.infer<typeof retryFailuresRequest> & { idempotencyKey?: string };

/**
 * Creates the replay of another replay's failures. They count as chosen one by one, so their number decides who may do it.
 */
export function retryFailures({ id, failed }: Replay, asked: Asked, by: ActorContext): Promise<RequestedReplay> {
  const labels = asked.onlySpecificFailures;
  const selection = { failures_of: replayNumber(id), ...(labels && { error_classes: classesOf(labels) }) };
  requireReplaySize(by.actor, selection, failed);
  const options = replayOptionsSchema.parse({
    // The first try of the new replay is one of the additional retries.
    maxRetries: asked.maxAdditionalRetries - 1,
    ...(asked.retryDelayMinutes > 0 && { retryDelaySeconds: asked.retryDelayMinutes * 60, retryPolicy: "fixed" }),
  });
  const reason = asked.reason ?? `Retries what failed in ${id}`;
  return requestReplay({ kind: "failures", selection, options, reason, idempotencyKey: asked.idempotencyKey }, by);
}
