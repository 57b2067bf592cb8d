/** The console's client of the KPIs. */
import type { Kpis } from "@/lib/contract/api/kpis";
import { askedKpis, type KpiPeriod } from "@/lib/contract/kpi-period";
import { requestJson } from "./request";

export function fetchKpis(period: KpiPeriod, signal?: AbortSignal): Promise<Kpis> {
  return requestJson<Kpis>(`/api/kpis?${new URLSearchParams(askedKpis(period, Date.now()))}`, { signal });
}

/** The address of a file with the same figures. */
export function kpiFile({ by, from, to }: Pick<Kpis, "by" | "from" | "to">): string {
  return `/api/kpis?${new URLSearchParams({ from_ts: from, to_ts: to, by, format: "csv" })}`;
}
