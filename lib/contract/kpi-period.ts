/** The period of the KPI page: in its address, as the API takes it, and without schemas, which the browser need not load. */
import type { Kpis } from "./api/kpis";

const DAY_MS = 86_400_000;

/** The lengths that the page offers, in days. */
export const KPI_DAYS = [7, 30, 90] as const;
export type KpiDays = (typeof KPI_DAYS)[number];
export const DEFAULT_DAYS: KpiDays = 30;

/** The last days, today included, or the time between two others. Days are those of UTC. */
export type KpiPeriod = { by: Kpis["by"] } & ({ days: KpiDays } | { from_ts: string; to_ts: string });

/** As the parameters of the page. Leaves out the defaults. */
export function printKpiPeriod(period: KpiPeriod): string {
  const params = new URLSearchParams();
  if (!("days" in period)) {
    params.set("from_ts", period.from_ts);
    params.set("to_ts", period.to_ts);
  } else if (period.days !== DEFAULT_DAYS) params.set("days", String(period.days));
  if (period.by !== "day") params.set("by", period.by);
  return params.toString();
}

/** As the API takes it at this time: the last days begin at midnight, so that no day is cut in two. */
export function askedKpis(period: KpiPeriod, now: number): { from_ts: string; to_ts?: string; by: Kpis["by"] } {
  if (!("days" in period)) return period;
  const from = Math.floor(now / DAY_MS) * DAY_MS - (period.days - 1) * DAY_MS;
  return { from_ts: new Date(from).toISOString(), by: period.by };
}
