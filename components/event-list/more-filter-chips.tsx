import type { EventFilter } from "@/lib/contract/event-filter";
import type { filterText } from "../filters/event-filter-text";
import { FilterChip } from "../filters/filter-chip";
import { MoreFilters } from "./more-filters";

const RARE = {
  customer: { customer: undefined },
  object: { object: undefined },
  mode: { livemode: undefined },
  company: { company_id: undefined },
  payload: { text: undefined },
  attempts: { attempts: undefined },
  replayed: { replayed: undefined },
  trust: { trust: undefined },
  version: { variant: undefined, conflict: undefined },
  suspicion: { suspected: undefined },
} satisfies Record<string, EventFilter>;

/** Rare filters: a chip for each that is set, and one that opens the others. */
export function MoreFilterChips({
  filter,
  words,
  onChange,
}: {
  filter: EventFilter;
  words: ReturnType<typeof filterText>;
  onChange: (part: EventFilter) => void;
}) {
  const choice = (close: (then: () => void) => void) => (
    <MoreFilters filter={filter} onApply={(part) => close(() => onChange(part))} />
  );
  const set = (Object.keys(RARE) as (keyof typeof RARE)[]).filter((part) => words[part]);
  return (
    <>
      {set.map((part) => (
        <FilterChip key={part} name={part} words={words[part]} onClear={() => onChange(RARE[part])}>
          {choice}
        </FilterChip>
      ))}
      {set.length < Object.keys(RARE).length && (
        <FilterChip
          name="customer, object, mode, company, payload, attempts, replays, trust or versions"
          any="more"
          words={null}
          onClear={() => {}}
        >
          {choice}
        </FilterChip>
      )}
    </>
  );
}
