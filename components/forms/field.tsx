import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "../ui/cn";
import { Input } from "../ui/input";

/** One field of a form: label, explanation and error, associated for screen readers. */
export function Field({
  label,
  help,
  problem,
  unit,
  className,
  ...input
}: {
  label: string;
  help?: ReactNode;
  problem?: string | null;
  /** The unit after the value: `seconds`. */
  unit?: string;
} & ComponentProps<typeof Input>) {
  const id = useId();
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <span className={cn(unit && "flex items-center gap-2")}>
        <Input
          id={id}
          aria-invalid={problem ? true : undefined}
          aria-describedby={described || undefined}
          autoComplete="off"
          className={cn("max-md:h-10", unit && "min-w-0 flex-1 tabular-nums")}
          {...input}
        />
        {unit && <span className="shrink-0 text-quiet">{unit}</span>}
      </span>
      <FieldNotes id={id} help={help} problem={problem} />
    </div>
  );
}

/** The lines below a field. `id` is the field's. */
export function FieldNotes({ id, help, problem }: { id: string; help?: ReactNode; problem?: string | null }) {
  return (
    <>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-red text-sm">
          {problem}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="mt-1 text-pretty text-quiet text-sm">
          {help}
        </p>
      )}
    </>
  );
}
