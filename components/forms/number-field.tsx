import { Field } from "./field";

/** A field for a number, with its unit. Its value is text: empty means that there is none. */
export function NumberField({
  label,
  unit,
  least = 0,
  testId,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  unit?: string;
  least?: number;
  testId?: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field
      label={label}
      unit={unit}
      type="number"
      step="any"
      min={least}
      inputMode="decimal"
      data-testid={testId}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
