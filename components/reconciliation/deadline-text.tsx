"use client";

import { useNow } from "@/lib/client/clock";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { duration, plural } from "../format";
import { providerName } from "../provider";
import { ExactTime } from "../time";

const SOON_MS = 3 * 86_400_000;

/** How far back the provider answers, and when the oldest missing event is beyond that for ever. */
export function DeadlineText({ source }: { source: SourceCoverage }) {
  const now = useNow();
  const { horizon_days, lost_at, oldest_missing_at } = source;
  const reach = horizon_days === null ? "unknown: the provider does not say" : plural(horizon_days, "day");
  if (lost_at === null) {
    return (
      <span className={horizon_days === null ? "text-quiet" : undefined}>
        {reach}
        {oldest_missing_at && (
          <span className="text-quiet">
            , the oldest missing is of <ExactTime at={oldest_missing_at} />
          </span>
        )}
      </span>
    );
  }
  const left = Date.parse(lost_at) - now;
  const words =
    left > 0
      ? `The oldest missing is gone for ever in ${duration(left)}`
      : `${providerName(source.provider_slug)} does not list the oldest missing any more`;
  return (
    <span suppressHydrationWarning>
      {reach}.{" "}
      <span className={left < SOON_MS ? "font-medium text-red" : "text-amber"} data-testid="deadline">
        {words}.
      </span>
    </span>
  );
}
