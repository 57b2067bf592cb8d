/** The API of the overview: figures of a time range, dead letters, health. */
import { z } from "zod";
import { LONGEST_PERIOD_DAYS, type Period, RANGES, type Range } from "../analytics";
import { CHECKS } from "../health";
import { eventSummary } from "./event-answers";
import { count, givenEnd, givenTime, time } from "./values";

const range = z.enum(Object.keys(RANGES) as [Range], "is 15m, 1h, 24h, 7d or 30d");

const DAY_MS = 86_400_000;

/** `GET /api/webhooks/analytics` */
export const analyticsRequest = z
  .object({
    range: range.default("24h"),
    from_ts: givenTime.optional().describe("With to_ts: a time of its own, instead of a range. Read by whole minutes."),
    to_ts: givenEnd.optional(),
  })
  .superRefine(({ from_ts, to_ts }, { addIssue }) => {
    const wrong = (path: string, message: string) => addIssue({ code: "custom", path: [path], message });
    if (!from_ts && !to_ts) return;
    if (!from_ts) return wrong("from_ts", "is required together with to_ts");
    if (!to_ts) return wrong("to_ts", "is required together with from_ts");
    const length = Date.parse(to_ts) - Date.parse(from_ts);
    if (length <= 0) wrong("to_ts", "must be later than from_ts");
    if (length > LONGEST_PERIOD_DAYS * DAY_MS) wrong("to_ts", `must be within ${LONGEST_PERIOD_DAYS} days of from_ts`);
  });

export function periodOf({ range, from_ts, to_ts }: z.infer<typeof analyticsRequest>): Period {
  return from_ts && to_ts ? { from_ts, to_ts } : { range };
}

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
const successRate = z
  .number()
  .nullable()
  .describe(
    "Percent of finished events received then that succeeded. Retries do not count. Null when none is finished.",
  );

const rated = { ...outcomeFields, success_rate: successRate };
const outcomes = z.object(rated);
export type RatedCounts = z.infer<typeof outcomes>;
const point = z.object({ ...rated, at: time, provider: z.string() });
export type SeriesPoint = z.infer<typeof point>;

const providerCounts = z.object({
  provider: z.string(),
  totals: outcomes,
  previous: outcomes,
});
export type ProviderCounts = z.infer<typeof providerCounts>;
const milliseconds = count.nullable().describe("Null where no attempt ended.");
const latency = z.object({
  attempts: count,
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
});
export type Latency = z.infer<typeof latency>;
const eventToDelivered = z.object({
  count: count.describe("Events applied in the period, without those that a replay delivered."),
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
});
/** A provider without an event for more than four times its longest pause of the last two weeks. */
const silentProvider = z.object({
  provider: z.string(),
  last_at: time,
  usual_gap_seconds: count.describe("The longest pause it made in the two weeks before."),
  silent_seconds: count,
});
export type SilentProvider = z.infer<typeof silentProvider>;

const failedWebhook = z.object({
  id: z.string(),
  webhook_data: z.unknown(),
  webhook_data_omitted: z
    .boolean()
    .optional()
    .describe(
      "True when the answer already carries 4 MiB of payloads. Then webhook_data is null, and body_url has it.",
    ),
  body_url: z.string().optional().describe("Where the bytes are, under this server's address."),
  error_message: z.string().nullable(),
  failed_at: time,
  provider_slug: z.string(),
  event_key: z.string(),
  event_type: z.string(),
});
export type FailedWebhook = z.infer<typeof failedWebhook>;

/** Waiting deliveries of all destinations: the sums of their health. */
const waiting = z.object({
  count: count.describe("Pending or to be retried, at most 10,000."),
  blocked: count.describe(
    "Of these, the ones their destination holds: an open circuit, a throttle, a pause or a disabled destination.",
  ),
  held: count.describe("Held while their destination is paused or disabled. Not included in count."),
  oldest_due_seconds: z.number().nullable().describe("Of those that a worker can take."),
});
export type Waiting = z.infer<typeof waiting>;

export const failedWebhooks = z.object({ failed_webhooks: z.array(failedWebhook) });

export const analytics = z.object({
  stats: z.array(z.object({ event_type: z.string(), status: z.enum(["success", "failure"]), count })),
  failed_webhooks: z.array(failedWebhook),
  total_processed: count.describe("Events received in the period that ended: processed, replayed, resolved or dead."),
  success_rate: successRate,
  range: z.union([range, z.literal("custom")]),
  from: time,
  to: time,
  bucket_seconds: count,
  series: z.array(point),
  rates: z.array(z.object({ at: time, success_rate: successRate })).describe("Of each bucket, all providers together."),
  totals: outcomes,
  previous: outcomes.describe("The time of equal length just before."),
  providers: z.array(providerCounts),
  latency: latency.describe("Of all delivery attempts that ended."),
  previous_latency: latency,
  event_to_delivered: eventToDelivered.describe("From receipt until all deliveries of an event have succeeded."),
  /** The longest silence first. */
  silent_providers: z.array(silentProvider),
  waiting,
  dead_letters: count,
  /** The newest ones. */
  needs_attention: z.array(eventSummary),
  running_replays: count,
  /** In the range, by provider and reason. */
  rejections: z.array(
    z.object({
      provider: z.string(),
      reason: z.string(),
      count,
      last_at: time,
      last_detail: z.string().nullable(),
      last_organisation_id: z.string().nullable(),
      last_source_id: z.string().nullable(),
      last_event_key: z.string().nullable(),
      last_body_sha256: z.string().nullable(),
    }),
  ),
  /** Whether any event was ever stored. */
  events_stored: z.boolean(),
  missing_secrets: z.array(z.string()),
});
export type Analytics = z.infer<typeof analytics>;

/**
 * `failed`: webhooks are not stored. `degraded`: something is lost, refused or late. `unknown`: the check was not possible.
 */
const healthCheck = z.object({
  name: z.enum(CHECKS),
  status: z.enum(["ok", "degraded", "failed", "unknown"]),
  detail: z.string(),
  todo: z.string().nullable().describe("What to do about it; null when there is nothing to do."),
});
export type HealthCheck = z.infer<typeof healthCheck>;

/** `GET /api/health/deep` */
export const deepHealthRequest = z.object({
  failIfNoRecentEvents: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, "is a time such as 90s, 15m, 2h or 1d")
    .optional()
    .describe("Answers 503 when no event was received for so long, such as 15m."),
});

/** The same time in seconds. */
export function secondsOf(text: string): number {
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[text.at(-1) as "s" | "m" | "h" | "d"];
  return Number(text.slice(0, -1)) * unit;
}

const worker = z.object({ name: z.string(), version: z.string().nullable(), at: time, seconds_ago: z.number() });

export const deepHealth = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: time,
  checks: z.array(healthCheck),
  oldest_due_seconds: z.number().nullable(),
  workers: z.array(worker).nullable().describe("Heartbeats of workers. Null when the database does not answer."),
  last_event_at: z
    .record(z.string(), time.nullable())
    .nullable()
    .describe("When the newest event of each provider was received. Null when the database does not answer."),
  recent_events: z
    .object({ within_seconds: count, newest_at: time.nullable(), ok: z.boolean() })
    .nullable()
    .describe("The result of failIfNoRecentEvents, when that was given."),
});

/** `GET /api/health/live` */
export const liveness = z.object({ status: z.literal("ok") });

/** `GET /api/health/ready` */
export const readiness = z.object({
  ready: z.boolean(),
  because: z.array(z.enum(["draining", "database", "database_slow", "migrations"])).describe("Why it is not ready."),
});
export type Readiness = z.infer<typeof readiness>;
export type DeepHealth = z.infer<typeof deepHealth>;

export const health = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: time,
  endpoints: z.record(z.string(), z.boolean()).describe("Per provider: is its secret configured?"),
  database: z.object({ reachable: z.boolean(), latency_ms: count.nullable() }),
  oldest_due_seconds: z.number().nullable(),
  missing_secrets: z.array(z.string()),
});
