import type { EventFilter } from "@/lib/contract/event-filter";
import { DELIVERY_STATUS, type DeliveryStatus } from "@/lib/contract/vocabulary";
import { Checklist } from "../filters/checklist";
import type { DestinationNames, filterText } from "../filters/event-filter-text";
import { FilterChip } from "../filters/filter-chip";

const COMMON_ANSWERS = ["5xx", "4xx", "3xx", "400", "401", "403", "404", "422", "429", "500", "502", "503", "504"];

const deliveries = (Object.keys(DELIVERY_STATUS) as DeliveryStatus[]).map((status) => ({
  value: status,
  label: DELIVERY_STATUS[status].label,
}));

/** The filter's parts about deliveries: their destination and outcome. The last two appear only when they are set. */
export function DeliveryChips({
  filter,
  words,
  names,
  onChange,
}: {
  filter: EventFilter;
  words: ReturnType<typeof filterText>;
  names: DestinationNames;
  onChange: (part: EventFilter) => void;
}) {
  return (
    <>
      <FilterChip name="destination" words={words.destination} onClear={() => onChange({ destination: undefined })}>
        <Checklist
          options={Object.entries(names).map(([value, label]) => ({ value, label }))}
          chosen={filter.destination}
          onChange={(v) => onChange({ destination: v })}
        />
      </FilterChip>
      <FilterChip name="answer" words={words.answer} onClear={() => onChange({ http_status: undefined })}>
        <Checklist
          options={[...new Set([...COMMON_ANSWERS, ...(filter.http_status ?? [])])].map((value) => ({
            value,
            label: value,
          }))}
          chosen={filter.http_status}
          onChange={(v) => onChange({ http_status: v })}
        />
      </FilterChip>
      {words.delivery && (
        <FilterChip name="delivery" words={words.delivery} onClear={() => onChange({ delivery_status: undefined })}>
          <Checklist
            options={deliveries}
            chosen={filter.delivery_status}
            onChange={(v) => onChange({ delivery_status: v })}
          />
        </FilterChip>
      )}
      {words.cause && (
        <FilterChip name="cause" words={words.cause} onClear={() => onChange({ error_group: undefined })}>
          <p className="w-64 p-2 text-quiet text-sm">
            Deliveries that failed in the same way: same error class, HTTP status and message, ignoring numbers and ids.
            Choose another group on the Dead letters page.
          </p>
        </FilterChip>
      )}
    </>
  );
}
