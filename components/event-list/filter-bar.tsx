"use client";

import { useRouter } from "next/navigation";
import { useOptimistic, useRef, useTransition } from "react";
import { useShortcuts } from "@/lib/client/shortcuts";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { EventFilter } from "@/lib/contract/event-filter";
import { EVENT_STATUS } from "@/lib/contract/vocabulary";
import { Checklist } from "../filters/checklist";
import { type DestinationNames, filterText, isFiltered, NO_TIME } from "../filters/event-filter-text";
import { FilterChip } from "../filters/filter-chip";
import { SearchField } from "../filters/search-field";
import { TextField } from "../filters/text-field";
import { TimeRangeField } from "../filters/time-range";
import { historyAddress } from "../links";
import { EVENT_STATUS_STYLE } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { DeliveryChips } from "./delivery-chips";
import { DisplayOptionsMenu } from "./display-options-menu";
import { MoreFilterChips } from "./more-filter-chips";
import { OpenIncidentButton } from "./open-incident-button";
import { SavedViewsMenu } from "./saved-views-menu";
import { ProviderChoice, TypeChoice } from "./type-choices";

const statuses = keysOf(EVENT_STATUS).map((status) => ({
  value: status,
  label: EVENT_STATUS[status].label,
  icon: <StatusIcon look={EVENT_STATUS_STYLE[status]} />,
}));
const errors = keysOf(ERROR_CLASS).map((name) => ({ value: name, label: ERROR_CLASS[name].label }));

/** The filter as chips that read as a sentence. Its only state is the address. Next to it are the display options. */
export function FilterBar({ filter: arrived, names }: { filter: EventFilter; names: DestinationNames }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  // Chips change at once, and a second change builds on the first while the page is still loading.
  const [filter, setFilter] = useOptimistic(arrived);
  const words = filterText(filter, useTimeFormat(), names);
  const go = (next: EventFilter, how: "push" | "replace" = "push") =>
    startTransition(() => {
      setFilter(next);
      router[how](historyAddress(next), { scroll: false });
    });
  const change = (part: EventFilter) => go({ ...filter, ...part });
  const search = useRef<HTMLInputElement>(null);
  useShortcuts("Events", [{ keys: "/", label: "Search event keys", run: () => search.current?.select() }]);
  return (
    <search
      aria-label="Filter events"
      aria-busy={pending}
      className="flex flex-wrap items-start gap-x-0.5 gap-y-1 pb-3 max-md:flex-col max-md:gap-2.5"
    >
      <div className="flex gap-1.5 max-md:w-full md:contents">
        <SearchField
          value={filter.q}
          pending={pending}
          input={search}
          onSearch={(q) => go({ ...filter, q }, "replace")}
        />
        <div className="flex gap-0.5 md:order-last md:ml-auto">
          {isFiltered(filter) && <OpenIncidentButton filter={filter} />}
          <SavedViewsMenu filter={filter} />
          <DisplayOptionsMenu />
        </div>
      </div>
      <div className="-mx-4 flex max-w-dvw gap-1.5 overflow-x-auto px-4 md:contents">
        <FilterChip name="provider" words={words.provider} onClear={() => change({ provider_slug: undefined })}>
          <ProviderChoice filter={filter} onChange={(v) => change({ provider_slug: v })} />
        </FilterChip>
        <FilterChip name="status" words={words.status} onClear={() => change({ status: undefined })}>
          <Checklist options={statuses} chosen={filter.status} onChange={(v) => change({ status: v })} />
        </FilterChip>
        <FilterChip name="time" words={words.time} onClear={() => change(NO_TIME)}>
          {(close) => (
            <TimeRangeField filter={filter} onChange={(time) => close(() => change({ ...NO_TIME, ...time }))} />
          )}
        </FilterChip>
        <FilterChip name="type" words={words.type} mono onClear={() => change({ event_type: undefined })}>
          {(close) => (
            <TypeChoice
              filter={filter}
              onChange={(v) => change({ event_type: v })}
              onApply={(v) => close(() => change({ event_type: v }))}
            />
          )}
        </FilterChip>
        <FilterChip name="organisation" words={words.organisation} mono onClear={() => change({ org_id: undefined })}>
          {(close) => (
            <TextField
              label="Organisation id"
              example="org_merchant123"
              value={filter.org_id}
              onApply={(v) => close(() => change({ org_id: v }))}
            />
          )}
        </FilterChip>
        <FilterChip name="error" words={words.error} onClear={() => change({ error_class: undefined })}>
          <Checklist options={errors} chosen={filter.error_class} onChange={(v) => change({ error_class: v })} />
        </FilterChip>
        <DeliveryChips filter={filter} words={words} names={names} onChange={change} />
        <MoreFilterChips filter={filter} words={words} onChange={change} />
        {isFiltered(filter) && (
          <Button variant="ghost" size="sm" onClick={() => go({})}>
            Clear
          </Button>
        )}
      </div>
    </search>
  );
}

function keysOf<K extends string>(record: Record<K, unknown>): K[] {
  return Object.keys(record) as K[];
}
