/** The JSON of `GET /api/webhooks/analytics`: the fields of the CloudGreet runbook, and those of the overview. */
import type { RatedCounts } from "./api/outcomes";

export const RANGES = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10080, "30d": 43200 } as const;
/** A time range of the overview; the value in RANGES is its length in minutes. */
export type Range = keyof typeof RANGES;

/** The period of the overview: a range that ends now, or the time between two others. */
export type Period = { range: Range } | { from_ts: string; to_ts: string };

/** A period as query parameters. */
export function printPeriod(period: Period): string {
  return new URLSearchParams(period).toString();
}

/** A longer period would show nothing that a month does not. */
export const LONGEST_PERIOD_DAYS = 92;

export type { Latency, ProviderCounts, RatedCounts, SeriesPoint } from "./api/outcomes";
export type { Analytics, FailedWebhook, SilentProvider, Waiting } from "./api/overview";

export type OutcomeCounts = Omit<RatedCounts, "success_rate">;
