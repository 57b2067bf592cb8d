/** The failures of a replay for the merchant-delivery API, in its words. */
import type { z } from "zod";
import type { failureList } from "@/lib/contract/api/merchant-answers";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { ReplayFailure } from "@/lib/db/functions/reads";
import type { Scoped } from "@/lib/scope";
import { listReplayFailures } from "./replays";

/** A page in the order they ran; `totalFailures` counts all. */
export async function listFailures(
  replayId: string,
  page: { after: number; limit: number },
  asker: Scoped,
): Promise<z.infer<typeof failureList>> {
  // One more than asked for says whether there is another page.
  const { total, failures: found } = await listReplayFailures(replayId, { ...page, limit: page.limit + 1 }, asker);
  const failures = found.slice(0, page.limit);
  return {
    failures: failures.map(inText),
    totalFailures: total,
    nextAfter: found.length > page.limit ? (failures.at(-1)?.position ?? null) : null,
  };
}

function inText(failure: ReplayFailure): z.infer<typeof failureList>["failures"][number] {
  const { error_class, detail } = failure;
  return {
    eventId: failure.event_id,
    failureReason: error_class ? ERROR_CLASS[error_class].runbookLabel : (detail ?? "Unknown"),
    errorClass: error_class,
    detail,
    responseCode: failure.http_status,
    lastAttempt: failure.finished_at,
    retryCount: Math.max(0, failure.tries - 1),
    nextRetry: failure.next_retry,
  };
}
