"use client";

import Link from "next/link";
import { useNow } from "@/lib/client/clock";
import type { Destination } from "@/lib/contract/destinations";
import { Sparkline } from "../charts/sparkline";
import { count, duration, percent } from "../format";
import { InertText } from "../inert-text";
import { DESTINATION_STATE_STYLE, DestinationStateBadge } from "../status/destination-status";
import { stateDetail } from "../status/destination-text";
import type { Column } from "../table/data-table";
import { cn } from "../ui/cn";
import { hostOf } from "./hosts";

/** The width of each column of the list, and the window width from which it is shown. */
export const DESTINATION_COLUMNS = {
  state: { title: "State", className: "md:w-44" },
  destination: { title: "Destination", className: "" },
  organisation: { title: "Organisation", className: "md:w-40 md:max-xl:hidden" },
  rate: { title: "Success", className: "md:w-20", numeric: true },
  p95: { title: "p95", className: "md:w-18 md:max-lg:hidden", numeric: true },
  hours: { title: "24 hours", className: "md:w-32 md:max-lg:hidden", headClass: "pl-6" },
  waiting: { title: "Waiting", className: "md:w-18", numeric: true },
  held: { title: "Held", className: "md:w-16", numeric: true },
  dead: { title: "Dead", className: "md:w-16", numeric: true },
} as const satisfies Record<string, Column>;

const cell =
  "h-13 border-b px-2 first:pl-3 last:pr-3 max-md:h-auto max-md:border-0 max-md:p-0 max-md:first:pl-0 max-md:last:pr-0";
const number = `${cell} text-right tabular-nums max-md:text-left`;

/** One destination. The link in it covers the whole row. */
export function DestinationRow({ destination }: { destination: Destination }) {
  const { id, name, state, health, organisation_id } = destination;
  const detail = stateDetail(destination, useNow());
  const rates = health.hours.map(({ succeeded, failed }) =>
    succeeded + failed === 0 ? null : (succeeded / (succeeded + failed)) * 100,
  );
  return (
    <tr
      data-testid="destination-row"
      className="relative transition-colors duration-150 hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:border-b max-md:py-2.5"
    >
      <td
        className={cn(
          cell,
          DESTINATION_COLUMNS.state.className,
          "max-md:row-start-1 max-md:col-start-2 max-md:text-right",
        )}
      >
        <DestinationStateBadge state={state} />
        {detail && (
          <span suppressHydrationWarning className="block truncate pl-5 text-quiet text-sm" title={detail}>
            <InertText text={detail} />
          </span>
        )}
      </td>
      <td className={cn(cell, "max-md:row-start-1 max-md:col-start-1")}>
        <Link
          href={`/destinations/${id}`}
          prefetch={false}
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          <InertText text={name} />
        </Link>
        <span className="block truncate text-faint text-sm">{hostOf(destination)}</span>
      </td>
      <td className={cn(cell, DESTINATION_COLUMNS.organisation.className, "truncate text-quiet max-md:hidden")}>
        {organisation_id ? <InertText text={organisation_id} /> : <span className="text-faint">All</span>}
      </td>
      <td className={cn(number, DESTINATION_COLUMNS.rate.className, "max-md:hidden")}>
        {health.success_rate === null ? <span className="text-faint">–</span> : percent(health.success_rate)}
      </td>
      <td className={cn(number, DESTINATION_COLUMNS.p95.className, "text-quiet max-md:hidden")}>
        {health.p95_ms === null ? <span className="text-faint">–</span> : duration(health.p95_ms)}
      </td>
      <td className={cn(cell, DESTINATION_COLUMNS.hours.className, "pl-6 max-md:hidden")}>
        <Sparkline
          values={rates}
          scale={[0, 100]}
          className={cn("h-5 w-full", calm(state) ? "text-faint" : DESTINATION_STATE_STYLE[state].tone)}
        />
      </td>
      <Amount of={health.waiting} className={DESTINATION_COLUMNS.waiting.className} />
      <Amount of={health.held} className={cn(DESTINATION_COLUMNS.held.className, health.held > 0 && "text-violet")} />
      <Amount
        of={health.dead}
        className={cn(DESTINATION_COLUMNS.dead.className, "md:pr-3", health.dead > 0 && "text-red")}
      />
      {/* What a phone shows instead of six narrow columns. */}
      <td className="col-span-2 text-quiet text-sm tabular-nums md:hidden">
        {[
          health.success_rate === null ? "nothing sent today" : `${percent(health.success_rate)} delivered`,
          health.p95_ms !== null && `p95 ${duration(health.p95_ms)}`,
          health.waiting > 0 && `${count(health.waiting)} waiting`,
          health.held > 0 && state !== "paused" && `${count(health.held)} held`,
          health.dead > 0 && `${count(health.dead)} dead`,
        ]
          .filter(Boolean)
          .join(" · ")}
      </td>
    </tr>
  );
}

function Amount({ of, className }: { of: number; className: string }) {
  return <td className={cn(number, of === 0 && "text-faint", className, "max-md:hidden")}>{count(of)}</td>;
}

function calm(state: Destination["state"]): boolean {
  return state === "healthy" || state === "idle" || state === "paused" || state === "disabled";
}
