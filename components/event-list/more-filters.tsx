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

const MODES = [
  { value: "", label: "Either" },
  { value: "true", label: "Live" },
  { value: "false", label: "Test mode" },
];

/** The rarely used parts of the filter, in one form. */
export function MoreFilters({ filter, onApply }: { filter: EventFilter; onApply: (part: EventFilter) => void }) {
  const id = useId();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const trust = form.getAll("trust") as TrustLevel[];
    onApply({
      customer: String(form.get("customer")).trim() || undefined,
      object: String(form.get("object")).trim() || undefined,
      livemode: (form.get("livemode") || undefined) as EventFilter["livemode"],
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
      <ExactField id={`${id}-customer`} name="customer" label="Customer id is exactly" value={filter.customer}>
        cus_42
      </ExactField>
      <ExactField id={`${id}-object`} name="object" label="Object id is exactly" value={filter.object}>
        in_42
      </ExactField>
      <Choice name="livemode" legend="Mode" choices={MODES} value={filter.livemode ?? ""} />
      <ExactField id={`${id}-company`} name="company" label="Company id is exactly" value={filter.company_id}>
        company_42
      </ExactField>
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
      <Choice name="replayed" legend="Replayed" choices={REPLAYED} value={filter.replayed ?? ""} />
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

function ExactField({
  id,
  name,
  label,
  value,
  children,
}: {
  id: string;
  name: string;
  label: string;
  value: string | undefined;
  /** An example. */
  children: string;
}) {
  return (
    <label htmlFor={id} className="text-quiet text-sm">
      {label}
      <Input
        id={id}
        name={name}
        maxLength={255}
        defaultValue={value}
        placeholder={children}
        autoComplete="off"
        className="mt-1 font-mono"
      />
    </label>
  );
}

function Choice({
  name,
  legend,
  choices,
  value,
}: {
  name: string;
  legend: string;
  choices: readonly { value: string; label: string }[];
  value: string;
}) {
  return (
    <fieldset>
      <legend className="text-quiet text-sm">{legend}</legend>
      <div className="mt-1 flex gap-3">
        {choices.map((choice) => (
          <label key={choice.value} className="flex items-center gap-1.5">
            <input
              type="radio"
              name={name}
              value={choice.value}
              defaultChecked={value === choice.value}
              className="accent-accent"
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
