/** record: stores how attempts ended. One transaction per batch; the database refuses an old fence. */
import { printId } from "@/lib/contract/ids";
import { call, DatabaseError } from "@/lib/db/client";
import type { Recorded } from "@/lib/db/functions/journey";
import { retryDelay } from "@/lib/destinations/retry";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { header } from "@/lib/providers/provider";
import { createBatcher } from "./batcher";
import type { Outcome, Work } from "./claim";

const PAUSE_AFTER_FAILURE_MS = 500;
/** Statuses that ask us to slow down: too many requests, and a gateway whose server is down or slow. */
const THROTTLING_STATUSES = new Set([429, 502, 503, 504]);

/** A result with more changes, or with more bytes, is recorded in a call of its own. */
const MANY_CHANGES = 100;
const LARGE_BYTES = 256 * 1024;
/** The weight of changes and bytes in a batch, where one result weighs 1. */
const CHANGES_PER_RESULT = 4;
const BYTES_PER_RESULT = 32 * 1024;

/**
 * Records an outcome and retries until `giveUpAt` (unix milliseconds): the delivery has happened, and without a recorded
 * result it would happen again. Never throws. Answers undefined when nothing was recorded. `traceId`: for the log.
 */
export async function record(
  work: Work,
  outcome: Outcome,
  giveUpAt: number,
  traceId?: string,
): Promise<Recorded | undefined> {
  const result = measured(resultRow(work, outcome));
  for (;;) {
    try {
      const recorded = await (isHeavy(result)
        ? keepingLease(work, () => addHeavyResult(result))
        : recordBeside(work, result));
      logAttempt(work, outcome, recorded, traceId);
      return recorded;
    } catch (error) {
      logError("record_failed", error, { delivery_id: work.delivery_id, attempt_id: work.attempt_id });
      if (error instanceof DatabaseError || Date.now() > giveUpAt) return undefined;
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

type Row = ReturnType<typeof resultRow>;

interface Result {
  row: Row;
  changes: number;
  bytes: number;
}

function measured(row: Row): Result {
  // Printing thousands only to measure them would hold up the others: they are recorded alone whatever their size.
  const isMeasured = row.changes.length > 0 && row.changes.length <= MANY_CHANGES;
  const changed = isMeasured ? JSON.stringify(row.changes).length : 0;
  return { row, changes: row.changes.length, bytes: changed + (row.response_body?.length ?? 0) };
}

function isHeavy({ changes, bytes }: Result): boolean {
  return changes > MANY_CHANGES || bytes > LARGE_BYTES;
}

/**
 * In a batch with results that end at the same time. Results whose rows are locked wait with each other, not with the rest.
 */
async function recordBeside(work: Work, result: Result): Promise<Recorded> {
  const recorded = await addResult(result);
  return recorded.busy ? keepingLease(work, () => addBusyResult(result)) : recorded;
}

/** For calls that take seconds, or that wait for one: the lease is kept until the result is recorded. */
async function keepingLease(work: Work, recording: () => Promise<Recorded>): Promise<Recorded> {
  const { LEASE_SECONDS } = environment();
  const keeping = setInterval(
    () => {
      const renewal = { p_delivery_id: work.delivery_id, p_fence: work.fence, p_lease_seconds: LEASE_SECONDS };
      call("pipeline", "renew_lease", renewal).catch((error: unknown) =>
        logError("lease_not_renewed", error, { delivery_id: work.delivery_id }),
      );
    },
    (LEASE_SECONDS * 1000) / 3,
  );
  try {
    return await recording();
  } finally {
    clearInterval(keeping);
  }
}

/**
 * How long nothing is sent to the destination: what it asked for, within the bounds of a retry, and at least the first step
 * of its schedule. Not the step of this delivery: a fifth try must not stop all deliveries to the destination for hours.
 */
function throttleMs({ destination }: Work, outcome: Outcome): number | null {
  if (outcome.delivered || !THROTTLING_STATUSES.has(outcome.http_status ?? 0)) return null;
  const retryAfter = header({ headers: outcome.response_headers ?? [] }, "retry-after");
  return retryDelay("http_429", 1, destination, { retryAfter });
}

/** Skips results that would have to wait for a lock, so that they do not delay the others. */
const addResult = createResults({ maxItems: 400, wait: false });
const addBusyResult = createResults({ maxItems: 400, wait: true });
/** One after the other, for all destinations, on a connection of their own. */
const addHeavyResult = createResults({ maxItems: 1, wait: true });

function createResults({ maxItems, wait }: { maxItems: number; wait: boolean }): (result: Result) => Promise<Recorded> {
  return createBatcher<Result, Recorded>(
    {
      weigh: ({ changes, bytes }) => 1 + changes / CHANGES_PER_RESULT + bytes / BYTES_PER_RESULT,
      maxItems,
      maxWaitMs: 2,
      maxRunning: 1,
      maxWaiting: 10_000,
      run: async (results) => {
        const rows = results.map((result) => result.row);
        const answers = await call("pipeline", "record_attempts", {
          p_results: rows,
          p_wait: wait,
        });
        const byDelivery = new Map(answers.map((answer) => [answer.delivery_id, answer]));
        return rows.map((row) => byDelivery.get(row.delivery_id) ?? { delivery_id: row.delivery_id, recorded: false });
      },
    },
    (error) => error instanceof DatabaseError,
  );
}

function logAttempt(work: Work, outcome: Outcome, recorded: Recorded, traceId?: string): void {
  log("attempt", {
    event_id: printId("event", work.event.id),
    delivery_id: work.delivery_id,
    attempt_id: printId("attempt", work.attempt_id),
    replay_id: work.replay_id === null ? undefined : printId("replay", work.replay_id),
    provider: work.event.provider,
    event_type: work.event.event_type,
    destination: work.destination.slug,
    attempt: work.attempt_number,
    decision: recorded.recorded ? recorded.status : "refused_old_fence",
    http_status: outcome.http_status,
    error_class: recorded.error_class ?? undefined,
    ms: outcome.duration_ms,
    trace_id: traceId,
  });
}
