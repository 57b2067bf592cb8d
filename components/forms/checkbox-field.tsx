import { type ReactNode, useId } from "react";

/** A checkbox with an explanation below. */
export function CheckboxField({
  checked,
  onChange,
  hint,
  children,
}: {
  checked: boolean;
  onChange: (on: boolean) => void;
  hint?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex gap-2">
      <input
        id={id}
        type="checkbox"
        className="mt-0.75 size-3.5 shrink-0 accent-accent"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <label htmlFor={id}>{children}</label>
        {hint && (
          <span id={`${id}-hint`} className="block text-quiet text-sm">
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}
