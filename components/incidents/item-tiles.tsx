import Link from "next/link";
import { type IncidentItemFilter, printItemFilter } from "@/lib/contract/incident-filter";
import { INCIDENT_ITEM_STATE, type Incident, ITEM_STATES } from "@/lib/contract/incident-words";
import { count } from "../format";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";
import { ITEM_STYLE } from "./incident-status";
import { viewAddress } from "./view-tabs";

/** The events by state. A click shows those of one state; the address keeps it. */
export function ItemTiles({ incident, filter }: { incident: Incident; filter: IncidentItemFilter | null }) {
  const { counts } = incident;
  return (
    <nav aria-label="Events by state" className="mt-2 grid grid-cols-5 gap-2 max-lg:grid-cols-3 max-md:grid-cols-2">
      {ITEM_STATES.map((state) => {
        const { label, meaning } = INCIDENT_ITEM_STATE[state];
        const times = counts[state];
        const on = filter?.state?.length === 1 && filter.state[0] === state;
        return (
          <Link
            key={state}
            href={viewAddress(incident.id, "items", printItemFilter({ ...filter, state: on ? undefined : [state] }))}
            replace
            scroll={false}
            prefetch={false}
            aria-current={on ? "true" : undefined}
            title={meaning}
            data-testid={`items-${state}`}
            className={cn(
              "rounded-md border px-3 py-2 max-md:flex max-md:flex-row-reverse max-md:items-center max-md:justify-between max-md:last:col-span-2 transition-colors duration-150 hover:border-line-strong hover:bg-hover",
              on && "border-accent ring-1 ring-accent ring-inset",
            )}
          >
            <span
              className={cn(
                "block font-semibold text-xl tabular-nums max-md:text-lg",
                times === 0 ? "text-faint" : ITEM_STYLE[state].tone,
              )}
            >
              {count(times)}
            </span>
            <span className={cn("flex items-center gap-1.5", times === 0 ? "text-faint" : "text-quiet")}>
              <StatusIcon look={ITEM_STYLE[state]} className={times === 0 ? "text-faint" : undefined} />
              {label}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
