import type { ReactNode } from "react";
import { count } from "../format";

/** A list of checkboxes. An empty selection means no filter. */
export function Checklist<V extends string>({
  options,
  chosen = [],
  onChange,
}: {
  /** `count`: the number of matching events, where it is known. */
  options: { value: V; label: string; icon?: ReactNode; count?: number }[];
  chosen?: readonly string[];
  onChange: (values: V[] | undefined) => void;
}) {
  function toggle(value: V) {
    const next = options.map((option) => option.value).filter((one) => chosen.includes(one) !== (one === value));
    onChange(next.length > 0 ? next : undefined);
  }
  return (
    <div className="max-h-80 overflow-y-auto">
      {options.map(({ value, label, icon, count: many }) => (
        <label
          key={value}
          className="flex h-8 cursor-pointer items-center gap-2 rounded-sm px-2 pr-4 hover:bg-hover has-focus-visible:bg-hover"
        >
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={chosen.includes(value)}
            onChange={() => toggle(value)}
          />
          {icon}
          {label}
          {many !== undefined && (
            <span className="ml-auto pl-6 font-sans text-faint text-sm tabular-nums">{count(many)}</span>
          )}
        </label>
      ))}
    </div>
  );
}
