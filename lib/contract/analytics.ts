/** The JSON of `GET /api/webhooks/analytics`: the CloudGreet runbook's fields, and what the overview draws. */
import type { RatedCounts } from "./api/overview";

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

export type {
  Analytics,
  FailedWebhook,
  Latency,
  ProviderCounts,
  RatedCounts,
  SeriesPoint,
  SilentProvider,
  Waiting,
} from "./api/overview";

export type OutcomeCounts = Omit<RatedCounts, "success_rate">;
