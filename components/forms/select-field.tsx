import { ChevronDown } from "lucide-react";
import { useId } from "react";

/** Value and label of each choice, in display order. */
export type SelectOptions = readonly (readonly [value: string, words: string])[];

/** A native select: it works everywhere, also on touch screens. */
export function SelectField({
  label,
  strong = false,
  choices,
  value,
  onChange,
}: {
  label: string;
  /** Its label is as those of the text fields next to it. */
  strong?: boolean;
  choices: SelectOptions;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className={strong ? "mb-1 block font-medium" : "mb-1 block text-quiet text-sm"}>
        {label}
      </label>
      <span className="relative block">
        <select
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 w-full appearance-none rounded-md border border-line-strong bg-raised pr-7 pl-2.5 text-base transition-colors duration-150 hover:border-faint max-md:h-10"
        >
          {choices.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-faint"
        />
      </span>
    </div>
  );
}
