"use client";

import dynamic from "next/dynamic";
import { useMemo } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { analyticsQuery } from "@/lib/client/queries/overview";
import type { Period, Range } from "@/lib/contract/analytics";
import { bucketsOf } from "../charts/buckets";
import { useTimeFormat } from "../time";
import { NeedsAttention } from "./needs-attention";
import { NewestReplays } from "./newest-replays";
import { OutcomeCharts } from "./outcome-charts";
import { lengthText, periodText } from "./period";
import { ProviderTable } from "./provider-table";
import { RangeTabs } from "./range-tabs";
import { RecentFailures } from "./recent-failures";
import { VitalSigns } from "./vital-signs";

// Only needed before the first event.
const FirstRun = dynamic(() => import("../endpoints/first-run").then((module) => module.FirstRun));

const POLL_MS: Record<Range | "custom", number> = {
  ...{ "15m": 2_000, "1h": 3_000, "24h": 5_000, "7d": 30_000, "30d": 30_000 },
  custom: 10_000,
};

/** The system's state, what needs action, and the newest failures. Before the first event: how to send one. */
export function Overview({
  period,
  maySend,
  mayHandle,
  sendCommand,
}: {
  period: Period;
  maySend: boolean;
  /** Acknowledge alerts. */
  mayHandle: boolean;
  sendCommand: string;
}) {
  const { data } = useLiveQuery(analyticsQuery(period), {
    topics: ["events", "rejections", "replays"],
    atMostEvery: 2_000,
    // The first webhook should appear at once.
    interval: (analytics) => (analytics.events_stored ? POLL_MS[analytics.range] : 1_000),
  });
  const buckets = useMemo(() => bucketsOf(data), [data]);
  const format = useTimeFormat();
  if (!data.events_stored && data.totals.rejected === 0) return <FirstRun maySend={maySend} command={sendCommand} />;
  return (
    <div className="max-w-[90rem]">
      <div className="mb-4 flex items-center justify-between gap-4 max-sm:flex-wrap">
        <p className="text-quiet">
          <span className="inline-block text-ink tabular-nums first-letter:uppercase">{periodText(data, format)}</span>
          <span className="max-sm:hidden">, compared with the {lengthText(data)} before</span>
        </p>
        <RangeTabs range={data.range} />
      </div>
      <VitalSigns analytics={data} buckets={buckets} />
      <OutcomeCharts buckets={buckets} />
      <div className="mt-10 grid gap-x-12 gap-y-10 max-lg:grid-cols-[minmax(0,1fr)] lg:grid-cols-2">
        <NeedsAttention analytics={data} mayHandle={mayHandle} />
        <div className="min-w-0">
          <NewestReplays />
          <RecentFailures failures={data.failed_webhooks} />
        </div>
      </div>
      <ProviderTable analytics={data} />
    </div>
  );
}
