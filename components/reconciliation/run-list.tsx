"use client";

import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { reconciliationListQuery } from "@/lib/client/queries/reconciliations";
import { isUnderWay, RECONCILIATION_TRIGGER, type Reconciliation } from "@/lib/contract/reconciliations";
import { count } from "../format";
import { InertText } from "../inert-text";
import { type Column, cellClass, DataTable, rowClass } from "../table/data-table";
import { RelativeTime, useTimeFormat } from "../time";
import { cn } from "../ui/cn";
import { RunStatusBadge } from "./run-status";
import { sourceName } from "./source-words";
import { missingText, openOf } from "./words";

const RUNNING_MS = 2_000;
const RESTING_MS = 15_000;

const COLUMNS = {
  status: { title: "Status", className: "md:w-28" },
  source: { title: "Source", className: "" },
  window: { title: "Window", className: "md:w-72 md:max-xl:hidden" },
  missing: { title: "Open", className: "md:w-24", numeric: true },
  repaired: { title: "Repaired", className: "md:w-20 md:max-lg:hidden", numeric: true },
  by: { title: "Started by", className: "md:w-36 md:max-lg:hidden" },
  at: { title: "Started", className: "md:w-24" },
} as const satisfies Record<string, Column>;

/** The newest runs of all sources. */
export function RunList() {
  const { data } = useLiveQuery(reconciliationListQuery({}), {
    interval: ({ reconciliations }) =>
      reconciliations.some(({ status }) => isUnderWay(status)) ? RUNNING_MS : RESTING_MS,
  });
  return (
    <section aria-labelledby="runs" className="mt-8">
      <h2 id="runs" className="pb-1 font-semibold text-lg">
        Runs
      </h2>
      {data.reconciliations.length === 0 ? (
        <p className="text-quiet">
          No run yet. They start by themselves where a source has an API key, and with “Check a window…”.
        </p>
      ) : (
        <DataTable caption="Runs, newest first" columns={Object.values(COLUMNS)} section>
          {data.reconciliations.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </DataTable>
      )}
    </section>
  );
}

const cell = cn(cellClass, "first:pl-0 last:pr-0");

/** One run. The link in it covers the whole row. */
function RunRow({ run }: { run: Reconciliation }) {
  const format = useTimeFormat();
  const open = openOf(run);
  return (
    <tr data-testid="run-row" className={cn("relative", rowClass)}>
      <td className={cell}>
        <RunStatusBadge status={run.status} />
      </td>
      <td className={cn(cell, "max-md:row-start-1")}>
        <Link
          href={`/reconciliation/${run.id}`}
          prefetch={false}
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          <InertText text={sourceName({ provider_slug: run.provider_slug, name: run.source_name })} />
          <span className="ml-2 font-mono font-normal text-faint text-sm">{run.id}</span>
        </Link>
      </td>
      <td
        suppressHydrationWarning
        className={cn(cell, COLUMNS.window.className, "truncate text-quiet text-sm tabular-nums max-md:hidden")}
      >
        {format(run.from_ts)} – {format(run.to_ts)}
      </td>
      <td className={cn(cell, "text-right tabular-nums", open > 0 ? "font-medium text-red" : "text-quiet")}>
        {missingText(run)}
      </td>
      <td className={cn(cell, COLUMNS.repaired.className, "text-right text-quiet tabular-nums max-md:hidden")}>
        {count(run.counts.repaired)}
      </td>
      <td className={cn(cell, COLUMNS.by.className, "truncate text-quiet max-md:hidden")}>
        {run.started_by === "person" ? <InertText text={run.actor} /> : RECONCILIATION_TRIGGER[run.started_by]}
      </td>
      <td className={cn(cell, "text-quiet tabular-nums max-md:text-right")}>
        <span className="relative z-1">
          <RelativeTime at={run.created_at} />
        </span>
      </td>
    </tr>
  );
}
