import { Plus, X } from "lucide-react";
import { useId } from "react";
import { FieldNotes } from "../forms/field";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import type { HeaderValue } from "./form-values";

/** Headers that every request carries, such as an Authorization the endpoint asks for. */
export function HeaderFields({
  value,
  problem,
  onChange,
}: {
  value: HeaderValue[];
  problem: string | null;
  onChange: (headers: HeaderValue[]) => void;
}) {
  const id = useId();
  const change = (key: number, part: Partial<HeaderValue>) =>
    onChange(value.map((one) => (one.key === key ? { ...one, ...part } : one)));
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Custom headers</legend>
      <div className="space-y-2">
        {value.map(({ key, name, value: text, masked }) => (
          <div key={key} className="flex gap-2">
            <Input
              aria-label="Header name"
              placeholder="X-Api-Key"
              autoComplete="off"
              className="w-2/5 font-mono max-md:h-10"
              value={name}
              onChange={(event) => change(key, { name: event.target.value })}
            />
            <Input
              aria-label={`Value of ${name || "the header"}`}
              placeholder={masked ? `${masked} (kept)` : "value"}
              autoComplete="off"
              className="min-w-0 flex-1 font-mono max-md:h-10"
              value={text}
              onChange={(event) => change(key, { value: event.target.value })}
            />
            <Button
              variant="ghost"
              size="icon"
              className="max-md:h-10"
              aria-label={`Remove ${name || "this header"}`}
              onClick={() => onChange(value.filter((one) => one.key !== key))}
            >
              <X />
            </Button>
          </div>
        ))}
        <Button
          size="sm"
          onClick={() =>
            onChange([...value, { key: Math.max(-1, ...value.map((one) => one.key)) + 1, name: "", value: "" }])
          }
        >
          <Plus /> Add a header
        </Button>
      </div>
      <FieldNotes id={id} problem={problem} help="Values are encrypted when you save, and shown masked afterwards." />
    </fieldset>
  );
}
