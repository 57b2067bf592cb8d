import { Check } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { RANGES, type Range } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { fieldTime } from "../format";
import { FieldNotes } from "../forms/field";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { RANGE_LABELS } from "./event-filter-text";

type Time = Pick<EventFilter, "range" | "from_ts" | "to_ts">;

/** A relative time range, or two fixed ends in the reader's time zone. */
export function TimeRangeField({ filter, onChange }: { filter: Time; onChange: (time: Time) => void }) {
  const id = useId();
  const [isReversed, setReversed] = useState(false);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from_ts, to_ts] = [toIso(form.get("from")), toIso(form.get("to"))];
    if (from_ts && to_ts && from_ts >= to_ts) setReversed(true);
    else onChange({ from_ts, to_ts });
  }
  return (
    <div className="w-56">
      {(Object.keys(RANGES) as Range[]).map((range) => (
        <button
          key={range}
          type="button"
          onClick={() => onChange({ range })}
          className="flex h-8 w-full items-center justify-between rounded-sm px-2 text-left first-letter:uppercase hover:bg-hover"
        >
          {RANGE_LABELS[range]}
          {filter.range === range && <Check aria-label="chosen" className="size-3.5 text-accent" />}
        </button>
      ))}
      <form
        onSubmit={submit}
        onChange={() => setReversed(false)}
        className="-mx-1 mt-1 flex flex-col gap-2 border-t p-3 pb-2"
      >
        <label htmlFor={`${id}-from`} className="text-quiet text-sm">
          From
          <Input
            id={`${id}-from`}
            name="from"
            type="datetime-local"
            step={1}
            defaultValue={filter.from_ts && fieldTime(filter.from_ts)}
            className="mt-1"
          />
        </label>
        <label htmlFor={`${id}-to`} className="text-quiet text-sm">
          To
          <Input
            id={`${id}-to`}
            name="to"
            type="datetime-local"
            step={1}
            defaultValue={filter.to_ts && fieldTime(filter.to_ts)}
            className="mt-1"
            aria-invalid={isReversed || undefined}
            aria-describedby={isReversed ? `${id}-to-problem` : `${id}-to-help`}
          />
        </label>
        <FieldNotes
          id={`${id}-to`}
          help="Not included, but a time that ends in :59 includes that second."
          problem={isReversed ? "This must be later than From." : null}
        />
        <Button type="submit" variant="primary" size="sm">
          Apply
        </Button>
      </form>
    </div>
  );
}

/** Without milliseconds, as it was typed: the server reads an end in second 59 by that. */
function toIso(value: FormDataEntryValue | null): string | undefined {
  return value ? new Date(String(value)).toISOString().replace(".000Z", "Z") : undefined;
}
