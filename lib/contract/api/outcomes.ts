/** What is counted per minute and provider, and how long it took. */
import { z } from "zod";
import { count, time } from "./values";

/**
 * What is counted per minute. `received`, `duplicate`, `conflict` and `rejected` count requests. `delivered`, `failed` (will
 * be retried) and `dead` count finished attempts. `succeeded` and `lost` count the events received in that minute that by
 * now have ended well (processed, replayed or resolved) or are dead.
 */
const outcomeFields = {
  received: count,
  duplicate: count,
  conflict: count,
  rejected: count,
  delivered: count,
  failed: count.describe("Attempts that failed and will be repeated."),
  dead: count,
  succeeded: count.describe("Events received then that are processed, replayed or resolved now."),
  lost: count.describe("Events received then that are dead now."),
};

/** SQL defines it (event_success_rate). */
export const successRate = z
  .number()
  .nullable()
  .describe(
    "Percent of finished events received then that succeeded. Retries do not count. Null when none is finished.",
  );

const rated = { ...outcomeFields, success_rate: successRate };

export const outcomes = z.object(rated);

export type RatedCounts = z.infer<typeof outcomes>;

export const point = z.object({ ...rated, at: time, provider: z.string() });

export type SeriesPoint = z.infer<typeof point>;

export const providerCounts = z.object({
  provider: z.string(),
  totals: outcomes,
  previous: outcomes,
});

export type ProviderCounts = z.infer<typeof providerCounts>;

const milliseconds = count.nullable().describe("Null where no attempt ended.");

export const latency = z.object({
  attempts: count,
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
});

export type Latency = z.infer<typeof latency>;

export const eventToDelivered = z.object({
  count: count.describe("Events applied in the period, without those that a replay delivered."),
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
});
