import type { DeliveryOrdering } from "@/lib/contract/destinations";
import { cn } from "../ui/cn";

export const ORDERING_LABELS: Record<DeliveryOrdering, { label: string; meaning: string }> = {
  none: {
    label: "None",
    meaning: "In parallel, as fast as the endpoint accepts them. A failing delivery does not hold up others.",
  },
  object: {
    label: "Per object",
    meaning:
      "Events of one object, such as one payment, are delivered one at a time. A failing one holds up its object only.",
  },
  organisation: {
    label: "Per organisation",
    meaning: "Events of one organisation are delivered one at a time. A failing one holds up that organisation only.",
  },
  all: {
    label: "Strict",
    meaning: "All events are delivered one at a time. A failing one holds up all that follow.",
  },
};

/** How much order the endpoint needs, and what it costs. */
export function OrderingChoice({
  value,
  onChange,
}: {
  value: DeliveryOrdering;
  onChange: (ordering: DeliveryOrdering) => void;
}) {
  return (
    <fieldset className="overflow-hidden rounded-md border">
      <legend className="sr-only">Order of deliveries</legend>
      {(Object.keys(ORDERING_LABELS) as DeliveryOrdering[]).map((ordering) => {
        const { label, meaning } = ORDERING_LABELS[ordering];
        return (
          <label
            key={ordering}
            className={cn(
              "flex cursor-pointer gap-2.5 border-b px-3 py-2 transition-colors duration-150 last:border-b-0 hover:bg-hover",
              ordering === value && "bg-sunken",
            )}
          >
            <input
              type="radio"
              name="ordering"
              className="mt-0.75 size-3.5 shrink-0 accent-accent"
              checked={ordering === value}
              onChange={() => onChange(ordering)}
            />
            <span>
              {label}
              <span className="block text-quiet text-sm">{meaning}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
