/** The JSON of `GET /api/webhooks/analytics`: the CloudGreet runbook's fields, and what the overview draws. */
import type { EventSummary } from "./events";

export const RANGES = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10080, "30d": 43200 } as const;
/** A time range of the overview; the value in RANGES is its length in minutes. */
export type Range = keyof typeof RANGES;

/**
 * What is counted per minute. `received`, `duplicate`, `conflict` and `rejected` count requests; `delivered`, `failed`
 * (will be retried) and `dead` count finished attempts. Success rate = delivered / (delivered + failed + dead).
 */
export interface OutcomeCounts {
  received: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  delivered: number;
  failed: number;
  dead: number;
}

export interface SeriesPoint extends OutcomeCounts {
  /** Start of the bucket. */
  at: string;
  provider: string;
}

export interface FailedWebhook {
  id: string;
  /** The payload; null when the body is not JSON. */
  webhook_data: unknown;
  error_message: string | null;
  failed_at: string;
  provider_slug: string;
  event_key: string;
  event_type: string;
}

export interface Analytics {
  stats: { event_type: string; status: "success" | "failure"; count: number }[];
  failed_webhooks: FailedWebhook[];
  total_processed: number;
  /** Percent, null when nothing finished in the range. */
  success_rate: number | null;
  range: Range;
  from: string;
  to: string;
  bucket_seconds: number;
  series: SeriesPoint[];
  totals: OutcomeCounts;
  /** The range of equal length just before. */
  previous: OutcomeCounts;
  /** Deliveries that are due or scheduled, and how long the oldest due one has waited (null when none is due). */
  waiting: { count: number; oldest_due_seconds: number | null };
  dead_letters: number;
  /** The newest events that need a person. */
  needs_attention: EventSummary[];
  running_replays: number;
  /** Open refusals by provider and reason in the range. */
  rejections: { provider: string; reason: string; count: number; last_at: string; last_detail: string | null }[];
  /** Events ever stored: 0 means first run. */
  events_stored: boolean;
  /** Providers whose secret is not configured. */
  missing_secrets: string[];
}
