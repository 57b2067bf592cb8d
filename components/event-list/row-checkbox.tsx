import { useEffect, useRef } from "react";

/** A checkbox with a large hit area. Lies above the link that covers its row. */
export function RowCheckbox({
  label,
  checked,
  some,
  onTick,
}: {
  label: string;
  checked: boolean;
  /** Some, but not all, of its rows are selected. */
  some?: boolean;
  onTick: (range: boolean) => void;
}) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = Boolean(some && !checked);
  }, [some, checked]);
  return (
    <label className="relative z-1 grid h-full min-h-8 cursor-pointer place-items-center max-md:min-h-6">
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        checked={checked}
        className="size-3.5 accent-accent"
        // The click knows whether Shift is held; the change that follows does not.
        onClick={(event) => onTick(event.shiftKey)}
        onChange={() => {}}
        // A range must not select the text between its ends.
        onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      />
    </label>
  );
}
