"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { DestinationFilter } from "@/lib/contract/destination-filter";
import { Checklist } from "../filters/checklist";
import { FilterChip } from "../filters/filter-chip";
import { SearchField } from "../filters/search-field";
import { destinationsAddress } from "../links";
import { PermissionGuard } from "../permissions/permission-guard";
import { DESTINATION_STATE_STYLE, DESTINATION_STATES } from "../status/destination-status";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";

const states = DESTINATION_STATES.map((state) => ({
  value: state,
  label: DESTINATION_STATE_STYLE[state].label,
  icon: <StatusIcon look={DESTINATION_STATE_STYLE[state]} />,
}));

/** The filter of the list, whose only state is the address, and the button for a new destination. */
export function DestinationFilterBar({
  filter,
  forbidden,
  onAdd,
}: {
  filter: DestinationFilter;
  /** Why this person may not add one; null when they may. */
  forbidden: string | null;
  onAdd: () => void;
}) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const go = (next: DestinationFilter, how: "push" | "replace" = "push") =>
    startTransition(() => router[how](destinationsAddress(next), { scroll: false }));
  const words = filter.state?.map((state) => DESTINATION_STATE_STYLE[state].label.toLowerCase()).join(" or ") || null;
  return (
    <search
      aria-label="Filter destinations"
      aria-busy={pending}
      className="flex flex-wrap items-center gap-x-2.5 gap-y-2 pb-3"
    >
      <SearchField
        label="Search destinations"
        value={filter.q}
        pending={pending}
        onSearch={(q) => go({ ...filter, q }, "replace")}
      />
      <div className="flex gap-1.5">
        <FilterChip name="state" words={words} onClear={() => go({ ...filter, state: undefined })}>
          <Checklist options={states} chosen={filter.state} onChange={(state) => go({ ...filter, state })} />
        </FilterChip>
        {(words || filter.q) && (
          <Button variant="ghost" size="sm" onClick={() => go({})}>
            Clear
          </Button>
        )}
      </div>
      <div className="ml-auto">
        <PermissionGuard forbidden={forbidden}>
          <Button variant="primary" data-testid="destination-add" onClick={onAdd}>
            <Plus /> Add a destination
          </Button>
        </PermissionGuard>
      </div>
    </search>
  );
}
