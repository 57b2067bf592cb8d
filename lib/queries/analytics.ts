/** The overview's figures, read from the statistics buckets. */

import { type Analytics, type Period, RANGES } from "@/lib/contract/analytics";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { missingSecrets } from "./health";

const MINUTE_MS = 60_000;

/** Between 15 and 120 steps for any length: [up to this many minutes, seconds of a step]. */
const STEPS: readonly [number, number][] = [
  [120, 60],
  [360, 300],
  [720, 600],
  [2 * 1440, 3_600],
  [8 * 1440, 10_800],
  [31 * 1440, 43_200],
];
const LONGEST_STEP_S = 86_400;

/** Everything the overview shows for a period, including the runbook's fields. */
export async function readAnalytics(period: Period, asker: Scoped): Promise<Analytics> {
  const { from, to } = endsOf(period);
  const read = await call("console", "read_analytics", {
    p_from: new Date(from).toISOString(),
    p_to: new Date(to).toISOString(),
    p_bucket_seconds: stepFor((to - from) / MINUTE_MS),
    ...scopeOf(asker),
  });
  const { succeeded, lost } = read.totals;
  return {
    ...read,
    range: "range" in period ? period.range : "custom",
    total_processed: succeeded + lost,
    success_rate: read.totals.success_rate,
    missing_secrets: missingSecrets(),
  };
}

/** Whole minutes, in milliseconds: a range ends with the current minute. */
function endsOf(period: Period): { from: number; to: number } {
  if ("range" in period) {
    const to = ceiling(Date.now());
    return { from: to - RANGES[period.range] * MINUTE_MS, to };
  }
  const from = Math.floor(Date.parse(period.from_ts) / MINUTE_MS) * MINUTE_MS;
  return { from, to: Math.max(from + MINUTE_MS, ceiling(Date.parse(period.to_ts))) };
}

function ceiling(at: number): number {
  return Math.ceil(at / MINUTE_MS) * MINUTE_MS;
}

function stepFor(minutes: number): number {
  return STEPS.find(([most]) => minutes <= most)?.[1] ?? LONGEST_STEP_S;
}
