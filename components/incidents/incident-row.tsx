import Link from "next/link";
import type { IncidentInBrief } from "@/lib/contract/incident-words";
import { count } from "../format";
import { InertText } from "../inert-text";
import { SeverityMark } from "../status/severity-mark";
import { type Column, cellClass, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";
import { IncidentStateBadge } from "./incident-status";
import { ItemStateBar } from "./item-state-bar";
import { ResponseClock } from "./response-clock";

/** The width of each column of the list, and the window width from which it is shown. */
export const INCIDENT_COLUMNS = {
  severity: { title: "Severity", className: "md:w-20" },
  incident: { title: "Incident", className: "" },
  state: { title: "State", className: "md:w-44" },
  progress: { title: "Verified", className: "md:w-56 md:max-lg:hidden" },
  owner: { title: "Owner", className: "md:w-48 md:max-xl:hidden" },
  opened: { title: "Opened", className: "md:w-24" },
} as const satisfies Record<string, Column>;

/** One incident. The link in it covers the whole row. */
export function IncidentRow({ incident }: { incident: IncidentInBrief }) {
  const { counts } = incident;
  return (
    <tr data-testid="incident-row" className={cn("relative", rowClass, "max-md:grid-cols-[auto_minmax(0,1fr)_auto]")}>
      <td className={cn(cellClass, "max-md:row-start-1")}>
        <SeverityMark severity={incident.severity} />
      </td>
      <td className={cn(cellClass, "max-md:col-span-2 max-md:row-start-1")}>
        <span className="flex min-w-0 items-baseline gap-2">
          <Link
            href={`/incidents/${incident.id}`}
            prefetch={false}
            className="min-w-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            <InertText text={incident.title} />
          </Link>
          <span className="shrink-0 font-mono text-faint text-sm">{incident.id}</span>
        </span>
      </td>
      <td className={cn(cellClass, "max-md:col-span-2 max-md:row-start-2")}>
        <IncidentStateBadge state={incident.state} />
      </td>
      <td className={cn(cellClass, INCIDENT_COLUMNS.progress.className, "max-md:col-span-3 max-md:row-start-3")}>
        <span className="flex items-center gap-2.5">
          <ItemStateBar counts={counts} />
          <span className="w-24 shrink-0 whitespace-nowrap text-right text-quiet text-sm tabular-nums">
            {count(counts.verified)} of {count(counts.total)}
          </span>
        </span>
      </td>
      <td className={cn(cellClass, INCIDENT_COLUMNS.owner.className, "truncate max-md:col-span-3 max-md:row-start-4")}>
        {incident.owner ? (
          <span className="text-quiet">
            <InertText text={incident.owner} />
          </span>
        ) : (
          <ResponseClock incident={incident} className="text-sm" />
        )}
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-md:col-start-3 max-md:row-start-2 max-md:text-right")}>
        <span className="relative z-1">
          <RelativeTime at={incident.opened_at} />
        </span>
      </td>
    </tr>
  );
}
