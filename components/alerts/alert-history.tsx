"use client";

import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { alertHistoryQuery } from "@/lib/client/queries/alerts";
import { type AlertFilter, printAlertFilter } from "@/lib/contract/alert-words";
import type { Alert } from "@/lib/contract/api/alerts";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { alertsAddress } from "../links";
import { SeverityMark } from "../status/severity-mark";
import { type Column, cellClass, DataTable, rowClass } from "../table/data-table";
import { Pager } from "../table/pager";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";
import { aboutText } from "./alert-text";

const READ_EVERY_MS = 15_000;

const COLUMNS = {
  severity: { title: "Severity", className: "md:w-20" },
  alert: { title: "Alert", className: "" },
  about: { title: "About", className: "md:w-56 md:max-lg:hidden" },
  lasted: { title: "Lasted", className: "md:w-24", numeric: true },
  by: { title: "Acknowledged by", className: "md:w-40 md:max-xl:hidden" },
  fired: { title: "Fired", className: "md:w-24", numeric: true },
} as const satisfies Record<string, Column>;

/** Alerts that are over, newest first. */
export function AlertHistory({ filter, cursor }: { filter: AlertFilter; cursor?: number }) {
  const { data } = useLiveQuery(alertHistoryQuery({ ...filter, cursor }), {
    topics: ["alerts"],
    interval: () => READ_EVERY_MS,
  });
  return (
    <section aria-labelledby="history" className="mt-8">
      <h2 id="history" className="pb-1 font-medium">
        History
      </h2>
      {data.alerts.length === 0 ? (
        <p className="border-t py-3 text-quiet">
          {printAlertFilter(filter) === "" && !cursor
            ? "No alert has resolved yet. What fired and is well again is listed here."
            : "No alert that is over matches."}
        </p>
      ) : (
        <DataTable caption="Alerts that are over, newest first" columns={Object.values(COLUMNS)}>
          {data.alerts.map((alert) => (
            <HistoryRow key={alert.id} alert={alert} />
          ))}
        </DataTable>
      )}
      <Pager
        what="alerts"
        newest={cursor === undefined ? null : alertsAddress(filter)}
        older={data.next_cursor === null ? null : alertsAddress({ ...filter, cursor: data.next_cursor })}
      />
    </section>
  );
}

/** The link in it covers the whole row. */
function HistoryRow({ alert }: { alert: Alert }) {
  const about = aboutText(alert);
  const lasted = Date.parse(alert.resolved_at ?? alert.fired_at) - Date.parse(alert.fired_at);
  return (
    <tr data-testid="alert-row" className={cn("relative", rowClass, "max-md:grid-cols-[auto_minmax(0,1fr)_auto]")}>
      <td className={cellClass}>
        <SeverityMark severity={alert.severity} />
      </td>
      <td className={cellClass}>
        <Link
          href={`/alerts/${alert.id}`}
          prefetch={false}
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          <InertText text={alert.rule} />
        </Link>
      </td>
      <td
        className={cn(cellClass, COLUMNS.about.className, "truncate text-quiet max-md:col-start-2 max-md:row-start-2")}
      >
        {about ? <InertText text={about} /> : <span className="text-faint">everything</span>}
      </td>
      <td className={cn(cellClass, "text-right text-quiet tabular-nums max-md:col-start-3 max-md:row-start-2")}>
        {duration(lasted)}
      </td>
      <td className={cn(cellClass, COLUMNS.by.className, "truncate text-quiet max-md:hidden")}>
        {alert.acknowledged ? <InertText text={alert.acknowledged.name} /> : <span className="text-faint">no one</span>}
      </td>
      <td className={cn(cellClass, "text-right text-quiet tabular-nums max-md:col-start-3 max-md:row-start-1")}>
        <span className="relative z-1">
          <RelativeTime at={alert.fired_at} />
        </span>
      </td>
    </tr>
  );
}
