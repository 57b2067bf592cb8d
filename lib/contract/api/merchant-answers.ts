/** Answers of the merchant-delivery API of the Globapay runbook, with that runbook's fields. */
import { z } from "zod";
import { replayPreview } from "./replay-preview";
import { attemptStatus, count, errorClass, eventStatus, replayStatus, time } from "./values";

/** `00:02:30`, for durations. */
const clock = z.string().regex(/^\d{2,}:[0-5]\d:[0-5]\d$/);

export const merchantEvent = z
  .object({
    id: z.string().describe("we_ and the number of the event."),
    eventType: z.string(),
    merchantId: z.string().nullable(),
    status: eventStatus,
    attempts: count,
    lastAttempt: time.nullable(),
    lastError: z.string().nullable(),
    errorClass: errorClass.nullable(),
    webhookUrl: z.string().nullable().describe("Null where events become rows and go to no URL."),
    payload: z.unknown(),
    createdAt: time,
    provider: z.string(),
    eventKey: z.string(),
  })
  .meta({ id: "MerchantEvent" });
export type MerchantEvent = z.infer<typeof merchantEvent>;

export const merchantEventPage = z.object({
  events: z.array(merchantEvent),
  total: count.describe("Events that match, counted up to 10,000."),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable(),
});

export const attemptList = z.object({
  attempts: z.array(
    z.object({
      attemptId: z.string().describe("wa_ and the number of the attempt."),
      timestamp: time,
      responseCode: z.int().nullable(),
      responseTime: count.nullable().describe("Milliseconds; null while it runs."),
      success: z.boolean(),
      retryCount: count.describe("Attempts of this delivery before it."),
      status: attemptStatus,
      destination: z.string(),
      errorClass: errorClass.nullable(),
      error: z.string().nullable(),
      replayId: z.string().nullable(),
      nextRetry: time.nullable(),
    }),
  ),
});

const preview = replayPreview.optional().describe("For a dry run, whose status is draft.");

export const merchantReplayAnswer = z.object({
  replayId: z.string().describe("wr_ and the number of the replay."),
  status: replayStatus,
  scheduledAt: time,
  estimatedDelivery: time,
  preview,
});

export const bulkReplayAnswer = z
  .object({
    bulkReplayId: z.string().describe("br_ and the number of the replay."),
    replayId: z.string().describe("The same replay under its other name."),
    totalEvents: count,
    matched: count.describe("Events the criteria matched: more than totalEvents when a limit cut them."),
    remaining: count.describe("Events that would have run too, and that the limit left for the next request."),
    skipped: count.describe("Deliveries that do not run; the preview and the items say why."),
    notFound: z.array(z.string()),
    batchCount: count,
    estimatedDuration: clock,
    status: replayStatus,
    preview,
  })
  .meta({ id: "BulkReplay" });

/** Progress of a replay: the answer of `status` and `bulk-replays/{id}`, and what the stream sends whenever it changes. */
export const replayProgress = z
  .object({
    replayId: z.string(),
    bulkReplayId: z.string(),
    status: replayStatus,
    stoppedBecause: z.string().nullable(),
    progress: z.object({
      total: count.describe("Deliveries."),
      completed: count.describe("successful + failed + skipped."),
      successful: count,
      failed: count,
      skipped: count,
      inProgress: count,
    }),
    scheduledAt: time,
    startedAt: time.nullable(),
    completedAt: time.nullable(),
    duration: clock.nullable().describe("Since it started, until it ended."),
  })
  .meta({ id: "ReplayProgress" });

export type ReplayProgress = z.infer<typeof replayProgress>;

export const failureList = z.object({
  failures: z.array(
    z.object({
      eventId: z.string(),
      failureReason: z.string().describe("A word that onlySpecificFailures takes."),
      errorClass: errorClass.nullable(),
      detail: z.string().nullable(),
      responseCode: z.int().nullable(),
      lastAttempt: time.nullable(),
      retryCount: count,
      nextRetry: time.nullable(),
    }),
  ),
  totalFailures: count,
  nextAfter: z.int().nullable().describe("Pass it back as after for the next failures. Null on the last page."),
});

/** Seconds as `HH:MM:SS`. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
