import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { FieldNotes } from "../forms/field";
import { InertText } from "../inert-text";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Input } from "../ui/input";

/** The event types that our own platform publishes. Any other type can be typed. */
const KNOWN = [
  "payment.*",
  "payment.completed",
  "payment.failed",
  "payment.refunded",
  "checkout.expired",
  "kyb.*",
  "kyb.approved",
  "kyb.rejected",
  "fraud.alert",
  "webhook.test",
];

/** Which event types it receives: all, or the named ones, each in full or by prefix. */
export function TypeChips({
  value,
  problem,
  onChange,
}: {
  value: string[];
  problem: string | null;
  onChange: (types: string[]) => void;
}) {
  const id = useId();
  const [text, setText] = useState("");
  const everything = value.includes("*");
  const add = (type: string) => {
    const known = type.trim();
    setText("");
    if (known) onChange(known === "*" ? ["*"] : [...new Set([...value.filter((one) => one !== "*"), known])]);
  };
  function press(event: KeyboardEvent) {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add(text);
  }
  return (
    <fieldset aria-describedby={`${id}-help`}>
      <legend className="mb-1 font-medium">Event types</legend>
      <div className="flex flex-wrap gap-1.5">
        {everything ? (
          <span className={cn(chip, "bg-tint font-medium text-accent")}>Every type</span>
        ) : (
          value.map((type) => (
            <span key={type} className={cn(chip, "bg-tint pr-0.5 font-medium font-mono text-accent")}>
              <InertText text={type} />
              <button
                type="button"
                aria-label={`Remove ${type}`}
                className="grid size-6 place-items-center hover:text-ink"
                onClick={() => {
                  const left = value.filter((one) => one !== type);
                  onChange(left.length > 0 ? left : ["*"]);
                }}
              >
                <X className="size-3" />
              </button>
            </span>
          ))
        )}
        {!everything && (
          <Button variant="ghost" size="sm" onClick={() => onChange(["*"])}>
            Use every type
          </Button>
        )}
      </div>
      <div className="mt-2 flex gap-2">
        <Input
          id={id}
          aria-label="Add an event type"
          aria-invalid={problem ? true : undefined}
          placeholder="payment.completed or payment.*"
          autoComplete="off"
          className="font-mono max-md:h-10"
          data-testid="event-type"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          onBlur={() => text && add(text)}
        />
        <Button className="max-md:h-10" disabled={text.trim() === ""} onClick={() => add(text)}>
          <Plus /> Add
        </Button>
      </div>
      <div className="mt-2 flex flex-wrap gap-1">
        {KNOWN.filter((type) => !value.includes(type)).map((type) => (
          <button
            key={type}
            type="button"
            className={cn(chip, "border border-line font-mono text-quiet hover:border-line-strong hover:text-ink")}
            onClick={() => add(type)}
          >
            {type}
          </button>
        ))}
      </div>
      <FieldNotes id={id} problem={problem} help="payment.* matches every type that begins with payment." />
    </fieldset>
  );
}

const chip = "inline-flex h-6 items-center gap-0.5 rounded-sm px-2 text-sm";
