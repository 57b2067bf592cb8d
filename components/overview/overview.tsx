"use client";

import { useMemo } from "react";
import { fetchAnalytics } from "@/lib/client/analytics";
import { keys } from "@/lib/client/keys";
import { useLiveQuery } from "@/lib/client/live-query";
import type { Analytics, Range } from "@/lib/contract/analytics";
import { RANGE_WORDS } from "../events/filter-words";
import { FirstRun } from "../first-run";
import { bucketsOf } from "./buckets";
import { NeedsAttention } from "./needs-attention";
import { NewestReplays } from "./newest-replays";
import { OutcomeCharts } from "./outcome-charts";
import { RangeTabs } from "./range-tabs";
import { RecentFailures } from "./recent-failures";
import { VitalSigns } from "./vital-signs";

const POLL_MS: Record<Range, number> = { "15m": 2_000, "1h": 3_000, "24h": 5_000, "7d": 30_000, "30d": 30_000 };

/** How the system is, what needs a person, and what failed last. */
export function Overview({ range, initial }: { range: Range; initial: Analytics }) {
  const { data } = useLiveQuery({
    queryKey: keys.analytics(range),
    read: (signal) => fetchAnalytics(range, signal),
    initialData: initial,
    topics: ["events", "rejections", "replays"],
    atMostEvery: 2_000,
    // The first webhook should show at once.
    interval: (analytics) => (analytics.events_stored ? POLL_MS[range] : 1_000),
  });
  const buckets = useMemo(() => bucketsOf(data), [data]);
  if (!data.events_stored && data.totals.rejected === 0) return <FirstRun />;
  return (
    <div className="max-w-[90rem]">
      <div className="mb-4 flex items-center justify-between gap-4">
        <p className="text-quiet">
          <span className="inline-block text-ink first-letter:uppercase">{RANGE_WORDS[range]}</span>
          <span className="max-sm:hidden">, compared with the {RANGE_WORDS[range].replace("last ", "")} before</span>
        </p>
        <RangeTabs range={range} />
      </div>
      <VitalSigns analytics={data} buckets={buckets} />
      <OutcomeCharts buckets={buckets} range={range} />
      <div className="mt-10 grid gap-x-12 gap-y-10 max-lg:grid-cols-[minmax(0,1fr)] lg:grid-cols-2">
        <NeedsAttention analytics={data} />
        <div>
          <NewestReplays />
          <RecentFailures failures={data.failed_webhooks} />
        </div>
      </div>
    </div>
  );
}
