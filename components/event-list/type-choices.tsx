import { useQuery } from "@tanstack/react-query";
import { eventTypesQuery } from "@/lib/client/queries/events";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventTypeCount } from "@/lib/contract/history";
import { PROVIDERS } from "@/lib/contract/providers";
import { Checklist } from "../filters/checklist";
import { TextField } from "../filters/text-field";
import { ProviderMark } from "../provider";

/** Providers with their number of events in the filter's time range. */
export function ProviderChoice({
  filter,
  onChange,
}: {
  filter: EventFilter;
  onChange: (slugs: string[] | undefined) => void;
}) {
  const types = useEventTypes(filter);
  const counts = sumBy(types, "provider_slug");
  return (
    <>
      <Checklist
        options={PROVIDERS.map(({ slug: value, label }) => ({
          value,
          label,
          icon: <ProviderMark slug={value} />,
          count: types && (counts.get(value) ?? 0),
        }))}
        chosen={filter.provider_slug}
        onChange={onChange}
      />
      <CountedWhen filter={filter} />
    </>
  );
}

/** Event types of the chosen providers with their number of events, or any typed type. */
export function TypeChoice({
  filter,
  onChange,
  onApply,
}: {
  filter: EventFilter;
  onChange: (types: string | undefined) => void;
  /** The same for a typed type, which ends the choice. */
  onApply: (types: string | undefined) => void;
}) {
  const chosen = filter.event_type?.split(",") ?? [];
  const known = useEventTypes(filter)?.filter(
    ({ provider_slug }) => !filter.provider_slug || filter.provider_slug.includes(provider_slug),
  );
  const counts = sumBy(known, "event_type");
  const names = [...new Set([...chosen, ...counts.keys()])];
  return (
    <>
      <div className="min-h-8 font-mono text-sm">
        <Checklist
          options={names.map((value) => ({ value, label: value, count: known && (counts.get(value) ?? 0) }))}
          chosen={chosen}
          onChange={(values) => onChange(values?.join(","))}
        />
      </div>
      {names.length > 0 && <CountedWhen filter={filter} />}
      <TextField
        label="Event type"
        example="invoice.payment_succeeded"
        value={chosen.length === 1 ? chosen[0] : undefined}
        onApply={onApply}
      />
    </>
  );
}

function CountedWhen({ filter }: { filter: EventFilter }) {
  const timed = filter.range || filter.from_ts || filter.to_ts;
  return (
    <p className="-mx-1 mt-1 border-t px-3 py-1.5 text-faint text-xs">
      {timed ? "Counted at the times of the filter." : "Counted in the last 7 days."}
    </p>
  );
}

function useEventTypes({ range, from_ts, to_ts }: EventFilter): EventTypeCount[] | undefined {
  return useQuery(eventTypesQuery({ range, from_ts, to_ts })).data;
}

function sumBy(types: EventTypeCount[] | undefined, field: "provider_slug" | "event_type"): Map<string, number> {
  const sums = new Map<string, number>();
  for (const type of types ?? []) sums.set(type[field], (sums.get(type[field]) ?? 0) + type.count);
  return sums;
}
