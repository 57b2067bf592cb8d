import type { DeliveryOrdering } from "@/lib/contract/destinations";
import { cn } from "../ui/cn";

export const ORDERING_WORDS: Record<DeliveryOrdering, { label: string; meaning: string }> = {
  none: {
    label: "None",
    meaning: "Side by side, as fast as the endpoint takes them. One that fails holds up no other.",
  },
  object: {
    label: "Per object",
    meaning:
      "Events of one object, such as one payment, go one after the other. A failing one holds up its object only.",
  },
  organisation: {
    label: "Per organisation",
    meaning: "Events of one organisation go one after the other. A failing one holds up that organisation.",
  },
  all: {
    label: "Strict",
    meaning: "Every event goes one after the other. A failing one holds up everything behind it.",
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
      {(Object.keys(ORDERING_WORDS) as DeliveryOrdering[]).map((ordering) => {
        const { label, meaning } = ORDERING_WORDS[ordering];
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
