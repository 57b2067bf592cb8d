/** The API of the overview: figures of a time range, dead letters, health. The types stand in ../analytics.ts. */
import { z } from "zod";
import type { Analytics, FailedWebhook, OutcomeCounts, Range, SeriesPoint } from "../analytics";
import { eventSummary } from "./event-answers";
import { count, time } from "./values";

const range: z.ZodType<Range> = z.enum(["15m", "1h", "24h", "7d", "30d"]);

/** `GET /api/webhooks/analytics` */
export const analyticsRequest = z.object({ range: range.default("24h") });

const outcomeFields = {
  received: count,
  duplicate: count,
  conflict: count,
  rejected: count,
  delivered: count,
  failed: count.describe("Attempts that failed and will be repeated."),
  dead: count,
};

const outcomes: z.ZodType<OutcomeCounts> = z.object(outcomeFields);
const point: z.ZodType<SeriesPoint> = z.object({ ...outcomeFields, at: time, provider: z.string() });

const failedWebhook: z.ZodType<FailedWebhook> = z.object({
  id: z.string(),
  webhook_data: z.unknown(),
  error_message: z.string().nullable(),
  failed_at: time,
  provider_slug: z.string(),
  event_key: z.string(),
  event_type: z.string(),
});

export const failedWebhooks = z.object({ failed_webhooks: z.array(failedWebhook) });

export const analytics: z.ZodType<Analytics> = z.object({
  stats: z.array(z.object({ event_type: z.string(), status: z.enum(["success", "failure"]), count })),
  failed_webhooks: z.array(failedWebhook),
  total_processed: count,
  success_rate: z.number().nullable().describe("Percent; null when nothing finished."),
  range,
  from: time,
  to: time,
  bucket_seconds: count,
  series: z.array(point),
  totals: outcomes,
  previous: outcomes.describe("The range of equal length just before."),
  waiting: z.object({ count, oldest_due_seconds: z.number().nullable() }),
  dead_letters: count,
  needs_attention: z.array(eventSummary),
  running_replays: count,
  rejections: z.array(
    z.object({
      provider: z.string(),
      reason: z.string(),
      count,
      last_at: time,
      last_detail: z.string().nullable(),
    }),
  ),
  events_stored: z.boolean(),
  missing_secrets: z.array(z.string()),
});

export const health = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: time,
  endpoints: z.record(z.string(), z.boolean()).describe("Per provider: is its secret configured?"),
  database: z.object({ reachable: z.boolean(), latency_ms: count.nullable() }),
  oldest_due_seconds: z.number().nullable(),
  missing_secrets: z.array(z.string()),
});
