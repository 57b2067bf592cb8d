import { type FormEvent, useId } from "react";
import { Button } from "../ui/button";
import { Input } from "../ui/input";

/** One exact text to filter by. */
export function TextField({
  label,
  example,
  value,
  onApply,
}: {
  label: string;
  example: string;
  value?: string;
  onApply: (value: string | undefined) => void;
}) {
  const id = useId();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("text") ?? "").trim();
    onApply(text || undefined);
  }
  return (
    <form onSubmit={submit} className="min-w-64 p-2">
      <label htmlFor={id} className="mb-1 block text-quiet text-sm">
        {label} is exactly
      </label>
      <Input id={id} name="text" defaultValue={value} placeholder={example} className="font-mono" autoComplete="off" />
      <Button type="submit" variant="primary" size="sm" className="mt-2 w-full">
        Apply
      </Button>
    </form>
  );
}
