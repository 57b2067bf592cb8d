import { useId } from "react";
import { Textarea } from "../ui/input";

/** A text of several lines, with its label. */
export function TextAreaField({
  label,
  value,
  onChange,
  testId,
  ...field
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  testId: string;
  placeholder?: string;
  maxLength?: number;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <Textarea
        id={id}
        required
        data-testid={testId}
        value={value}
        {...field}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
