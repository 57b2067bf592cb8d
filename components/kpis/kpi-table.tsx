import { ChartNoAxesColumn } from "lucide-react";
import Link from "next/link";
import type { KpiPeriod } from "@/lib/contract/kpi-period";
import type { Kpis } from "@/lib/contract/kpi-targets";
import { kpisAddress } from "../links";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { cn } from "../ui/cn";
import { KpiRow, kpiColumns } from "./kpi-row";

const CHOICES = [
  { by: "day", words: "By day" },
  { by: "organisation", words: "By organisation" },
] as const;

/** The same figures by day, newest first, or by organisation. */
export function KpiTable({ period, rows, by }: { period: KpiPeriod } & Pick<Kpis, "rows" | "by">) {
  const shown = by === "day" ? [...rows].reverse() : rows;
  return (
    <section aria-label={by === "day" ? "KPIs by day" : "KPIs by organisation"} className="mt-10">
      <nav aria-label="Rows" className="mb-1 flex gap-4 border-b">
        {CHOICES.map(({ by: one, words }) => (
          <Link
            key={one}
            href={kpisAddress({ ...period, by: one })}
            scroll={false}
            aria-current={one === by ? "true" : undefined}
            className={cn(
              "-mb-px flex h-9 shrink-0 items-center border-transparent border-b-2 font-medium text-quiet transition-colors duration-150 hover:text-ink",
              one === by && "border-accent text-ink",
            )}
          >
            {words}
          </Link>
        ))}
      </nav>
      {shown.length === 0 ? (
        <Notice icon={ChartNoAxesColumn} title="Nothing was received in this time">
          {by === "day"
            ? "Each day with events, deliveries or replays is a row here."
            : "Each organisation with events is a row here. Events without an organisation are in the totals only."}
        </Notice>
      ) : (
        <DataTable section caption={`KPIs by ${by}`} columns={kpiColumns(by)}>
          {shown.map((row) => (
            <KpiRow key={row.day ?? row.organisation_id} row={row} />
          ))}
        </DataTable>
      )}
    </section>
  );
}
