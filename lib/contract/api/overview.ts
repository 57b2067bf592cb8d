/** The API of the overview: the figures of a time range, and what needs attention. */
import { z } from "zod";
import { LONGEST_PERIOD_DAYS, type Period, RANGES, type Range } from "../analytics";
import { eventSummary } from "./event-summary";
import { eventToDelivered, latency, outcomes, point, providerCounts, successRate } from "./outcomes";
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
