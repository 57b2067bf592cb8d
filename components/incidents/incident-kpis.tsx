"use client";

import { useNow } from "@/lib/client/clock";
import type { Incident } from "@/lib/contract/incident-words";
import { cn } from "../ui/cn";
import { kpisOf } from "./kpis";

/** How the recovery went, next to the runbook's targets. */
export function IncidentKpis({ incident }: { incident: Incident }) {
  const kpis = kpisOf(incident, useNow());
  return (
    <dl className="grid grid-cols-3 gap-x-6 gap-y-3 pt-4 max-sm:grid-cols-1" data-testid="kpis">
      {kpis.map(({ name, value, target, met }) => (
        <div key={name}>
          <dt className="text-faint text-sm">{name}</dt>
          <dd>
            <span
              suppressHydrationWarning
              className={cn(
                "font-semibold text-xl tabular-nums",
                met === true && "text-green",
                met === false && "text-amber",
              )}
            >
              {value}
            </span>
            <span className="ml-2 text-faint text-sm">target: {target}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
