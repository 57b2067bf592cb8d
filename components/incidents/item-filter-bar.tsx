"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { type IncidentItemFilter, printItemFilter } from "@/lib/contract/incident-filter";
import {
  INCIDENT_CAUSE,
  INCIDENT_ITEM_STATE,
  type Incident,
  type IncidentCause,
  ITEM_STATES,
} from "@/lib/contract/incident-words";
import { Checklist } from "../filters/checklist";
import { FilterChip } from "../filters/filter-chip";
import { TextField } from "../filters/text-field";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";
import { CAUSE_STYLE, ITEM_STYLE } from "./incident-status";
import { viewAddress } from "./view-tabs";

const states = ITEM_STATES.map((state) => ({
  value: state,
  label: INCIDENT_ITEM_STATE[state].label,
  icon: <StatusIcon look={ITEM_STYLE[state]} />,
}));
const causes = (Object.keys(INCIDENT_CAUSE) as IncidentCause[]).map((cause) => ({
  value: cause,
  label: INCIDENT_CAUSE[cause].label,
  icon: <StatusIcon look={CAUSE_STYLE[cause]} />,
}));

/** The filter of an incident's events. Its only state is the address. */
export function ItemFilterBar({ incident, filter }: { incident: Incident; filter: IncidentItemFilter }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const go = (next: IncidentItemFilter) =>
    startTransition(() => router.replace(viewAddress(incident.id, "items", printItemFilter(next)), { scroll: false }));
  const words = (list: string[] | undefined) => (list?.length ? list.join(" or ") : null);
  return (
    <search aria-label="Filter events" aria-busy={pending} className="flex flex-wrap gap-1.5 pt-3 pb-1">
      <FilterChip
        name="state"
        words={words(filter.state?.map((state) => INCIDENT_ITEM_STATE[state].label.toLowerCase()))}
        onClear={() => go({ ...filter, state: undefined })}
      >
        <Checklist options={states} chosen={filter.state} onChange={(state) => go({ ...filter, state })} />
      </FilterChip>
      <FilterChip
        name="cause"
        words={words(filter.cause?.map((cause) => INCIDENT_CAUSE[cause].label.toLowerCase()))}
        onClear={() => go({ ...filter, cause: undefined })}
      >
        <Checklist options={causes} chosen={filter.cause} onChange={(cause) => go({ ...filter, cause })} />
      </FilterChip>
      <FilterChip
        name="organisation"
        mono
        words={filter.org_id ?? null}
        onClear={() => go({ ...filter, org_id: undefined })}
      >
        {(close) => (
          <TextField
            label="Organisation id"
            example="org_merchant123"
            value={filter.org_id}
            onApply={(org_id) => close(() => go({ ...filter, org_id }))}
          />
        )}
      </FilterChip>
      {printItemFilter(filter) !== "" && (
        <Button variant="ghost" size="sm" onClick={() => go({})}>
          Clear
        </Button>
      )}
    </search>
  );
}
