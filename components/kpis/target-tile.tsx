import type { KpiFigures } from "@/lib/contract/kpi-targets";
import { Sparkline } from "../charts/sparkline";
import type { TargetKpi } from "./kpi-text";
import { VerdictBadge } from "./verdict-badge";

/** One figure with a target: its value, the target, and in words whether it is met. Its days are a line. */
export function TargetTile({ kpi, totals, rows }: { kpi: TargetKpi; totals: KpiFigures; rows: readonly KpiFigures[] }) {
  const days = rows.map((row) => row[kpi.key]);
  const isDrawn = days.filter((value) => value !== null).length > 2;
  return (
    <div data-testid={`kpi-${kpi.key}`} className="min-w-0 border-l-2 pl-4">
      <dt className="flex flex-wrap items-center justify-between gap-x-2" title={kpi.meaning}>
        <span className="text-quiet">{kpi.name}</span>
        <VerdictBadge verdict={kpi.verdict(totals)} />
      </dt>
      <dd>
        <span className="flex items-end justify-between gap-3">
          <span className="font-semibold text-xl tabular-nums tracking-tight">{kpi.value(totals)}</span>
          {isDrawn && <Sparkline values={days} className="mb-1 h-6 w-28 shrink-0 text-faint" />}
        </span>
        <span className="block text-quiet text-sm">Target: {kpi.target}</span>
        <span className="block text-faint text-sm tabular-nums">{kpi.made(totals)}</span>
      </dd>
    </div>
  );
}
