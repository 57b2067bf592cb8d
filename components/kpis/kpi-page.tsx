"use client";

import { Download } from "lucide-react";
import { kpiFile } from "@/lib/client/kpis";
import { useLiveQuery } from "@/lib/client/live-query";
import { kpisQuery } from "@/lib/client/queries/kpis";
import type { KpiPeriod } from "@/lib/contract/kpi-period";
import { Button } from "../ui/button";
import { daysOf, dayText } from "./kpi-days";
import { KpiPeriodBar } from "./kpi-period-bar";
import { KpiTable } from "./kpi-table";
import { headline, otherKpis, TARGET_KPIS } from "./kpi-text";
import { TargetTile } from "./target-tile";

const REFRESH_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The figures that runbook 001 sets targets for: the whole period, then by day or organisation. */
export function KpiPage({ period }: { period: KpiPeriod }) {
  const { data } = useLiveQuery(kpisQuery(period), { interval: () => REFRESH_MS });
  const { totals, rows, by, from, to } = data;
  const [first, last] = daysOf(data);
  const hours = Math.max(1, (Date.parse(to) - Date.parse(from)) / HOUR_MS);
  return (
    <div className="max-w-[90rem]">
      <div className="mb-5 flex items-start justify-between gap-x-4 gap-y-3 max-lg:flex-wrap">
        <div>
          <p data-testid="kpi-headline" className="text-pretty font-semibold text-lg">
            {headline(totals)}
          </p>
          <p className="text-quiet tabular-nums">
            {dayText(first)} to {dayText(last)}, days of UTC
          </p>
        </div>
        <div className="flex max-w-full flex-wrap items-center gap-2 lg:shrink-0">
          <KpiPeriodBar period={period} from={from} to={to} />
          <Button asChild>
            <a href={kpiFile(data)} download="kpis.csv" data-testid="kpi-csv">
              <Download /> CSV
            </a>
          </Button>
        </div>
      </div>
      <dl className="grid gap-x-8 gap-y-6 md:grid-cols-3">
        {TARGET_KPIS.map((kpi) => (
          <TargetTile key={kpi.key} kpi={kpi} totals={totals} rows={by === "day" ? rows : []} />
        ))}
      </dl>
      <dl className="mt-7 grid gap-x-8 gap-y-5 border-t pt-5 max-md:grid-cols-2 md:grid-cols-3 xl:grid-cols-5">
        {otherKpis(totals, hours).map(({ name, meaning, value, made }) => (
          <div key={name} className="min-w-0">
            <dt className="text-quiet text-sm" title={meaning}>
              {name}
            </dt>
            <dd>
              <span className="mt-0.5 block font-semibold text-lg tabular-nums">{value}</span>
              <span className="block text-pretty text-faint text-sm tabular-nums">{made}</span>
            </dd>
          </div>
        ))}
      </dl>
      <KpiTable period={period} rows={rows} by={by} />
    </div>
  );
}
