/** The JSON of `GET /api/webhooks/analytics`: the CloudGreet runbook's fields, and what the overview draws. */
import type { EventSummary } from "./events";

export const RANGES = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10080, "30d": 43200 } as const;
/** A time range of the overview; the value in RANGES is its length in minutes. */
export type Range = keyof typeof RANGES;

/** What the overview looks at: a range that moves with the clock, or a time between two others. */
export type Period = { range: Range } | { from_ts: string; to_ts: string };

/** A period as it stands in an address. */
export function printPeriod(period: Period): string {
  return new URLSearchParams(period).toString();
}

/** Longer ones would show nothing that a month does not. */
export const LONGEST_PERIOD_DAYS = 92;

/**
 * What is counted per minute. `received`, `duplicate`, `conflict` and `rejected` count requests; `delivered`, `failed`
 * (will be retried) and `dead` count finished attempts; `succeeded` and `lost` the events that were received then and, as
 * they stand now, ended well (processed, replayed or resolved) or are dead.
 */
export interface OutcomeCounts {
  received: number;
  duplicate: number;
  conflict: number;
  rejected: number;
  delivered: number;
  failed: number;
  dead: number;
  succeeded: number;
  lost: number;
}

export interface RatedCounts extends OutcomeCounts {
  /**
   * Percent, by events: succeeded of succeeded and lost. Null when none is finished. SQL defines it (event_success_rate);
   * how often an event was tried does not matter.
   */
  success_rate: number | null;
}

export interface SeriesPoint extends RatedCounts {
  /** Start of the bucket. */
  at: string;
  provider: string;
}

export interface FailedWebhook {
  id: string;
  /** The payload; null when the body is not JSON. */
  webhook_data: unknown;
  /** The payloads of the answer would be too many bytes: this one is at `body_url`. */
  webhook_data_omitted?: boolean;
  body_url?: string;
  error_message: string | null;
  failed_at: string;
  provider_slug: string;
  event_key: string;
  event_type: string;
}

export interface ProviderCounts {
  provider: string;
  totals: RatedCounts;
  previous: RatedCounts;
}

/** Durations are null where no attempt ended. */
export interface Latency {
  attempts: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

/** Nothing came for longer than four times its longest pause of the last two weeks. */
export interface SilentProvider {
  provider: string;
  last_at: string;
  usual_gap_seconds: number;
  silent_seconds: number;
}

/** What waits over all destinations: the sums of what their health says. Counts stop at 10,000. */
export interface Waiting {
  /** Pending or to be retried. */
  count: number;
  /** Of these, what an open circuit, a throttle or a switch of their destination holds back. */
  blocked: number;
  /** Held while their destination is paused or disabled; not in `count`. */
  held: number;
  /** How long the oldest due one has waited that a worker could have taken; null when there is none. */
  oldest_due_seconds: number | null;
}

export interface Analytics {
  stats: { event_type: string; status: "success" | "failure"; count: number }[];
  failed_webhooks: FailedWebhook[];
  total_processed: number;
  /** Percent, null when nothing finished in the range. */
  success_rate: number | null;
  /** `custom`: a time chosen by its ends. */
  range: Range | "custom";
  from: string;
  to: string;
  /** Steps are those of the clock, so the first and the last may be parts. */
  bucket_seconds: number;
  series: SeriesPoint[];
  /** The success rate of each bucket, all providers together. */
  rates: { at: string; success_rate: number | null }[];
  totals: RatedCounts;
  /** The time of equal length just before. */
  previous: RatedCounts;
  providers: ProviderCounts[];
  /** Of all delivery attempts that ended, by whole hours where the time began more than an hour ago. */
  latency: Latency;
  previous_latency: Latency;
  /** Providers that used to send and stopped, the longest silence first. */
  silent_providers: SilentProvider[];
  waiting: Waiting;
  dead_letters: number;
  /** The newest events that need a person. */
  needs_attention: EventSummary[];
  running_replays: number;
  /** Open refusals by provider and reason in the range. */
  rejections: {
    provider: string;
    reason: string;
    count: number;
    last_at: string;
    last_detail: string | null;
    /** What the last one would have been, as far as that is known. */
    last_organisation_id: string | null;
    last_source_id: string | null;
    last_event_key: string | null;
    last_body_sha256: string | null;
  }[];
  /** Events ever stored: 0 means first run. */
  events_stored: boolean;
  /** Providers whose secret is not configured. */
  missing_secrets: string[];
}
