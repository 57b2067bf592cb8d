import { type FormEvent, useId } from "react";
import type { EventFilter } from "@/lib/contract/event-filter";
import { TRUST, type TrustLevel } from "@/lib/contract/vocabulary";
import { Button } from "../ui/button";
import { Input } from "../ui/input";

const REPLAYED = [
  { value: "", label: "Either" },
  { value: "1", label: "Replayed before" },
  { value: "0", label: "Never" },
];

const ANY_VERSION: Pick<EventFilter, "variant" | "conflict"> = { variant: undefined, conflict: undefined };
const VERSIONS: Record<string, Pick<EventFilter, "variant" | "conflict">> = {
  "": ANY_VERSION,
  other: { ...ANY_VERSION, variant: "1" },
  first: { ...ANY_VERSION, variant: "0" },
  several: { ...ANY_VERSION, conflict: "1" },
};

/** The rarely used parts of the filter, in one form. */
export function MoreFilters({ filter, onApply }: { filter: EventFilter; onApply: (part: EventFilter) => void }) {
  const id = useId();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const trust = form.getAll("trust") as TrustLevel[];
    onApply({
      company_id: String(form.get("company")).trim() || undefined,
      text: String(form.get("text")).trim() || undefined,
      attempts: Number(form.get("attempts")) || undefined,
      replayed: (form.get("replayed") || undefined) as EventFilter["replayed"],
      trust: trust.length > 0 ? trust : undefined,
      ...VERSIONS[String(form.get("versions"))],
      suspected: (form.get("suspected") || undefined) as EventFilter["suspected"],
    });
  }
  return (
    <form onSubmit={submit} className="flex w-72 flex-col gap-3 p-2">
      <label htmlFor={`${id}-company`} className="text-quiet text-sm">
        Company id is exactly
        <Input
          id={`${id}-company`}
          name="company"
          maxLength={255}
          defaultValue={filter.company_id}
          placeholder="company_42"
          autoComplete="off"
          className="mt-1 font-mono"
        />
      </label>
      <label htmlFor={`${id}-text`} className="text-quiet text-sm">
        Payload contains
        <Input
          id={`${id}-text`}
          name="text"
          maxLength={255}
          defaultValue={filter.text}
          placeholder='"amount": 4900'
          autoComplete="off"
          className="mt-1 font-mono"
          aria-describedby={`${id}-help`}
        />
        <span id={`${id}-help`} className="mt-1 block text-faint">
          Searches every payload and stops after 8 s. Add a time range or a provider to speed it up.
        </span>
      </label>
      <label htmlFor={`${id}-attempts`} className="text-quiet text-sm">
        Minimum attempts
        <Input
          id={`${id}-attempts`}
          name="attempts"
          type="number"
          min={1}
          max={1000}
          defaultValue={filter.attempts}
          placeholder="any"
          className="mt-1"
        />
      </label>
      <fieldset>
        <legend className="text-quiet text-sm">Replayed</legend>
        <div className="mt-1 flex gap-3">
          {REPLAYED.map(({ value, label }) => (
            <label key={value} className="flex items-center gap-1.5">
              <input
                type="radio"
                name="replayed"
                value={value}
                defaultChecked={(filter.replayed ?? "") === value}
                className="accent-accent"
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className="text-quiet text-sm">Trust</legend>
        <div className="mt-1 flex gap-3">
          {(Object.keys(TRUST) as TrustLevel[]).map((trust) => (
            <label key={trust} className="flex items-center gap-1.5">
              <input
                type="checkbox"
                name="trust"
                value={trust}
                defaultChecked={filter.trust?.includes(trust)}
                className="size-3.5 accent-accent"
              />
              {TRUST[trust].label}
            </label>
          ))}
        </div>
      </fieldset>
      <label htmlFor={`${id}-versions`} className="text-quiet text-sm">
        Versions: other bytes under the key of an event
        <select
          id={`${id}-versions`}
          name="versions"
          defaultValue={
            filter.conflict === "1"
              ? "several"
              : filter.variant === "1"
                ? "other"
                : filter.variant === "0"
                  ? "first"
                  : ""
          }
          className="mt-1 block h-8 w-full rounded-md border bg-raised px-2 text-ink"
        >
          <option value="">All</option>
          <option value="other">Other versions only</option>
          <option value="first">First versions only</option>
          <option value="several">Events with other versions</option>
        </select>
      </label>
      <label className="flex items-center gap-1.5 text-sm">
        <input
          type="checkbox"
          name="suspected"
          value="1"
          defaultChecked={filter.suspected === "1"}
          className="size-3.5 accent-accent"
        />
        Suspected replays only
      </label>
      <Button type="submit" variant="primary" size="sm">
        Apply
      </Button>
    </form>
  );
}
