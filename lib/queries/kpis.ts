/** The KPIs of runbook 001, read from sums by hour. */
import { kpiFigures } from "@/lib/contract/api/kpis";
import { KPI_TARGETS, type KpiFigures, type Kpis } from "@/lib/contract/kpi-targets";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { line } from "./export-items";

const HOUR_MS = 3_600_000;
const DEFAULT_MS = 30 * 24 * HOUR_MS;

export interface KpiPeriod {
  from_ts?: string;
  to_ts?: string;
  by: Kpis["by"];
}

/** The figures of a period of whole hours, 30 days by default, in total and by day or organisation. */
export async function readKpis({ from_ts, to_ts, by }: KpiPeriod, asker: Scoped): Promise<Kpis> {
  const end = to_ts ? Date.parse(to_ts) : Date.now();
  const start = from_ts ? Date.parse(from_ts) : end - DEFAULT_MS;
  const from = new Date(Math.floor(start / HOUR_MS) * HOUR_MS).toISOString();
  const to = new Date(Math.ceil(end / HOUR_MS) * HOUR_MS).toISOString();
  const { totals, days, organisations } = await call("console", "read_kpis", {
    p_from: from,
    p_to: to,
    ...scopeOf(asker),
  });
  return { from, to, by, targets: KPI_TARGETS, totals, rows: by === "day" ? days : organisations };
}

/** The rows as CSV (RFC 4180, no formulas), with the totals last. They have no events in them, so no audit entry. */
export function csvOfKpis({ by, totals, rows }: Kpis): string {
  const key = by === "day" ? "day" : "organisation_id";
  const names = Object.keys(kpiFigures.shape) as (keyof KpiFigures)[];
  const written = [...rows, { [key]: "total", ...totals }].map((row) =>
    line([row[key], ...names.map((name) => row[name])]),
  );
  return line([key, ...names]) + written.join("");
}
