import type { z } from "zod";
import type { ApiContext } from "@/app/api/handle";
import { requireReplaySize } from "@/app/api/replay-size";
import type { retryFailuresRequest } from "@/lib/contract/api/merchant-requests";
import { classesOf } from "@/lib/contract/failure-labels";
import { replayOptionsSchema } from "@/lib/contract/replay-options";
import type { Replay } from "@/lib/contract/replays";
import { replayNumber } from "@/lib/pipeline/replay";
import { answerBulkReplay } from "../../../merchant-replay";

/** Creates the replay of another's failures. Failures are few that were found one by one, so their number decides who may. */
export function retryFailures(
  { id, failed }: Replay,
  asked: z.infer<typeof retryFailuresRequest>,
  context: ApiContext,
): Promise<Response> {
  const labels = asked.onlySpecificFailures;
  const selection = { failures_of: replayNumber(id), ...(labels && { error_classes: classesOf(labels) }) };
  requireReplaySize(context.actor, selection, failed);
  const options = replayOptionsSchema.parse({
    // The first try of the new replay is one of the additional ones.
    maxRetries: asked.maxAdditionalRetries - 1,
    ...(asked.retryDelayMinutes > 0 && { retryDelaySeconds: asked.retryDelayMinutes * 60, retryPolicy: "fixed" }),
  });
  const reason = asked.reason ?? `Retries what failed in ${id}`;
  return answerBulkReplay({ kind: "failures", selection, options, reason }, context);
}
