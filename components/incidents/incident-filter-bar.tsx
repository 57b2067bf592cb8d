"use client";

import { Siren } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { IncidentFilter } from "@/lib/contract/incident-filter";
import { INCIDENT_STATE, type IncidentState } from "@/lib/contract/incident-words";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { Checklist } from "../filters/checklist";
import { FilterChip } from "../filters/filter-chip";
import { incidentsAddress } from "../links";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";
import { STATE_STYLE } from "./incident-status";

const states = (Object.keys(INCIDENT_STATE) as IncidentState[]).map((state) => ({
  value: state,
  label: INCIDENT_STATE[state].label,
  icon: <StatusIcon look={STATE_STYLE[state]} />,
}));
const severities = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((severity) => ({
  value: severity,
  label: SEVERITIES[severity].label,
}));

/** The filter of the list. Its only state is the address. */
export function IncidentFilterBar({ filter }: { filter: IncidentFilter }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const go = (next: IncidentFilter) => startTransition(() => router.push(incidentsAddress(next), { scroll: false }));
  const stateWords = filter.state?.map((state) => INCIDENT_STATE[state].label.toLowerCase()).join(" or ") || null;
  return (
    <search aria-label="Filter incidents" aria-busy={pending} className="flex flex-wrap items-start gap-1.5 pb-3">
      <FilterChip name="state" words={stateWords} onClear={() => go({ ...filter, state: undefined })}>
        <Checklist options={states} chosen={filter.state} onChange={(state) => go({ ...filter, state })} />
      </FilterChip>
      <FilterChip
        name="severity"
        words={filter.severity?.join(" or ") || null}
        onClear={() => go({ ...filter, severity: undefined })}
      >
        <Checklist options={severities} chosen={filter.severity} onChange={(severity) => go({ ...filter, severity })} />
      </FilterChip>
      {(filter.state || filter.severity) && (
        <Button variant="ghost" size="sm" onClick={() => go({})}>
          Clear
        </Button>
      )}
      <Button asChild className="ml-auto max-sm:ml-0">
        <Link href="/events?status=failed,dead">
          <Siren /> Open one from failed events
        </Link>
      </Button>
    </search>
  );
}
