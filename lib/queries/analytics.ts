/** The overview's figures, read from the statistics buckets. */
import { type Analytics, RANGES, type Range } from "@/lib/contract/analytics";
import { call } from "@/lib/db/client";
import { missingSecrets } from "./health";

/** About sixty points whatever the range; statistics are kept per minute. */
const BUCKET_SECONDS: Record<Range, number> = { "15m": 60, "1h": 60, "24h": 1800, "7d": 10_800, "30d": 43_200 };

/** Everything the overview shows for a range, with the runbook's fields beside. */
export async function readAnalytics(range: Range): Promise<Analytics> {
  const read = await call<Omit<Analytics, "range" | "total_processed" | "success_rate" | "missing_secrets">>(
    "console",
    "read_analytics",
    { p_minutes: RANGES[range], p_bucket_seconds: BUCKET_SECONDS[range] },
  );
  const { delivered, failed, dead } = read.totals;
  const finished = delivered + failed + dead;
  return {
    ...read,
    range,
    total_processed: finished,
    success_rate: finished === 0 ? null : (delivered / finished) * 100,
    missing_secrets: missingSecrets(),
  };
}
