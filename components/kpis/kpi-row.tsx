import { TriangleAlert } from "lucide-react";
import type { Kpis } from "@/lib/contract/kpi-targets";
import { count, duration, percent } from "../format";
import { InertText } from "../inert-text";
import { type Column, cellClass, rowClass } from "../table/data-table";
import { cn } from "../ui/cn";
import { dayText } from "./kpi-days";
import { TARGET_KPIS, type TargetKpi } from "./kpi-text";

type Row = Kpis["rows"][number];

const [DELIVERY, REPLAY, TIME] = TARGET_KPIS as readonly [TargetKpi, TargetKpi, TargetKpi];

/** The columns after the name of the row. The narrowest windows have those with a target. */
export function kpiColumns(by: Kpis["by"]): readonly Column[] {
  return [
    { title: by === "day" ? "Day (UTC)" : "Organisation" },
    { title: "Received", numeric: true, className: "md:w-24" },
    { title: "Delivered", numeric: true, className: "md:w-28" },
    { title: "Errors", numeric: true, className: "md:w-20 md:max-lg:hidden" },
    { title: "Processing", numeric: true, className: "md:w-28 md:max-lg:hidden" },
    { title: "Available", numeric: true, className: "md:w-24 md:max-xl:hidden" },
    { title: "Replayed", numeric: true, className: "md:w-24 md:max-xl:hidden" },
    { title: "Replay success", numeric: true, className: "md:w-32" },
    { title: "Time to replay", numeric: true, className: "md:w-32" },
  ];
}

/** One day or organisation. A figure that misses its target says so with an icon and in words. */
export function KpiRow({ row }: { row: Row }) {
  const number = cn(cellClass, "text-right tabular-nums max-md:hidden");
  return (
    <tr data-testid="kpi-row" className={rowClass}>
      <th scope="row" className={cn(cellClass, "truncate pl-0! text-left font-medium")}>
        {row.day ? dayText(row.day) : <InertText text={row.organisation_id ?? ""} />}
      </th>
      <td className={number}>{count(row.received)}</td>
      <Judged kpi={DELIVERY} row={row} />
      <td className={cn(number, "md:max-lg:hidden")}>{share(row.error_rate)}</td>
      <td className={cn(number, "md:max-lg:hidden")}>
        {row.average_processing_ms === null ? <None /> : duration(row.average_processing_ms)}
      </td>
      <td className={cn(number, "md:max-xl:hidden")}>{share(row.endpoint_availability)}</td>
      <td className={cn(number, "md:max-xl:hidden")}>{count(row.replayed)}</td>
      <Judged kpi={REPLAY} row={row} />
      <Judged kpi={TIME} row={row} last />
      {/* What a phone shows instead of eight narrow columns. */}
      <td className="text-right text-quiet text-sm tabular-nums md:hidden">{count(row.received)} received</td>
      <td className="col-span-2 text-quiet text-sm tabular-nums md:hidden">
        <PhoneFigures row={row} />
      </td>
    </tr>
  );
}

function Judged({ kpi, row, last }: { kpi: TargetKpi; row: Row; last?: boolean }) {
  const verdict = kpi.verdict(row);
  return (
    <td className={cn(cellClass, "text-right tabular-nums max-md:hidden", last && "pr-0!")}>
      {verdict === "nothing" ? <None /> : <Value kpi={kpi} row={row} />}
    </td>
  );
}

function Value({ kpi, row }: { kpi: TargetKpi; row: Row }) {
  if (kpi.verdict(row) !== "not_met") return kpi.value(row);
  return (
    <span className="inline-flex items-center gap-1 text-red" title={`Not met: the target is ${kpi.target}`}>
      <TriangleAlert aria-hidden="true" className="size-3" />
      {kpi.value(row)}
      <span className="sr-only">, not met</span>
    </span>
  );
}

function PhoneFigures({ row }: { row: Row }) {
  const known = [
    { kpi: DELIVERY, words: "delivered" },
    { kpi: REPLAY, words: "of replays" },
    { kpi: TIME, words: "to replay" },
  ].filter(({ kpi }) => kpi.verdict(row) !== "nothing");
  return known.map(({ kpi, words }, index) => (
    <span key={kpi.key}>
      {index > 0 && " · "}
      <Value kpi={kpi} row={row} /> {words}
    </span>
  ));
}

const share = (value: number | null) => (value === null ? <None /> : percent(value));

function None() {
  return <span className="text-faint">–</span>;
}
