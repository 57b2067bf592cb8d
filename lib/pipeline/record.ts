/** record: reports how attempts ended. One transaction per batch; an old fence is refused by the database. */
import type { DeliveryStatus, ErrorClass } from "@/lib/contract/vocabulary";
import { call, DatabaseError } from "@/lib/db/client";
import { retryDelay } from "@/lib/destinations/retry";
import { log, logError } from "@/lib/log";
import { header } from "@/lib/providers/provider";
import { createBatcher } from "./batcher";
import type { Outcome, Work } from "./claim";

const PAUSE_AFTER_FAILURE_MS = 500;
/** Answers that ask us to slow down: too many requests, and a gateway whose server is gone, away or late. */
const THROTTLING_STATUSES = new Set([429, 502, 503, 504]);

interface Recorded {
  delivery_id: number;
  /** False: somebody else holds the delivery by now, so this result counts for nothing. */
  recorded: boolean;
  status?: DeliveryStatus;
  error_class?: ErrorClass | null;
  error?: string | null;
}

/**
 * Records an outcome, trying until `giveUpAt` (unix milliseconds): the effect has happened, and a result that is not
 * recorded happens twice. Never throws.
 */
export async function record(work: Work, outcome: Outcome, giveUpAt: number): Promise<void> {
  for (;;) {
    try {
      const recorded = await addResult(resultRow(work, outcome));
      return logAttempt(work, outcome, recorded);
    } catch (error) {
      logError("record_failed", error, { delivery_id: work.delivery_id, attempt_id: work.attempt_id });
      if (error instanceof DatabaseError || Date.now() > giveUpAt) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAILURE_MS));
    }
  }
}

function resultRow(work: Work, outcome: Outcome) {
  return {
    delivery_id: work.delivery_id,
    fence: work.fence,
    delivered: outcome.delivered,
    duration_ms: outcome.duration_ms,
    retry_in_ms: outcome.delivered ? null : outcome.retry_in_ms,
    http_status: outcome.http_status ?? null,
    error_class: outcome.delivered ? null : outcome.error_class,
    error: outcome.delivered ? null : outcome.error.replaceAll("\0", " ").toWellFormed().slice(0, 1000),
    response_headers: outcome.response_headers ?? null,
    response_body: outcome.response_body?.toString("base64") ?? null,
    response_truncated: outcome.response_truncated ?? false,
    throttle_ms: throttleMs(work, outcome),
    changes: outcome.delivered ? outcome.changes : [],
  };
}

/**
 * How long nothing goes to the destination any more: what it asked for, within the bounds of a retry, and at least the
 * first step of its schedule. Not the step this delivery has come to: a fifth try must not close the door for hours.
 */
function throttleMs({ destination }: Work, outcome: Outcome): number | null {
  if (outcome.delivered || !THROTTLING_STATUSES.has(outcome.http_status ?? 0)) return null;
  const retryAfter = header({ headers: outcome.response_headers ?? [] }, "retry-after");
  return retryDelay("http_429", 1, destination, { retryAfter });
}

const addResult = createBatcher<ReturnType<typeof resultRow>, Recorded>(
  {
    maxItems: 100,
    maxWaitMs: 2,
    maxRunning: 1,
    maxWaiting: 10_000,
    run: async (rows) => {
      const answers = await call<Recorded[]>("pipeline", "record_attempts", { p_results: rows as never });
      const byDelivery = new Map(answers.map((answer) => [answer.delivery_id, answer]));
      return rows.map((row) => byDelivery.get(row.delivery_id) ?? { delivery_id: row.delivery_id, recorded: false });
    },
  },
  (error) => error instanceof DatabaseError,
);

function logAttempt(work: Work, outcome: Outcome, recorded: Recorded): void {
  log("attempt", {
    event_id: `we_${work.event.id}`,
    delivery_id: work.delivery_id,
    attempt_id: `wa_${work.attempt_id}`,
    replay_id: work.replay_id === null ? undefined : `wr_${work.replay_id}`,
    provider: work.event.provider,
    event_type: work.event.event_type,
    destination: work.destination.slug,
    attempt: work.attempt_number,
    decision: recorded.recorded ? recorded.status : "refused_old_fence",
    http_status: outcome.http_status,
    error_class: recorded.error_class ?? undefined,
    ms: outcome.duration_ms,
  });
}
