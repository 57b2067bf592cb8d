import { useId, useState } from "react";
import { ApiError } from "@/lib/client/request";
import { count, plural } from "../format";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { Tooltip } from "../ui/tooltip";

/** Above this many events the number must be typed, as for a replay. */
const TYPED_ABOVE = 100;

/** The button that says what it does, and what is still missing before it can. */
export function StartFooter({
  events,
  asks,
  ready,
  pending,
  error,
  onStart,
  onCancel,
}: {
  events: number;
  /** The reader may only ask for it. */
  asks: boolean;
  ready: boolean;
  pending: boolean;
  error: Error | null;
  onStart: () => void;
  onCancel: () => void;
}) {
  const field = useId();
  const [typed, setTyped] = useState("");
  const mustType = !asks && events > TYPED_ABOVE;
  const missing = !ready
    ? "Enter a reason first."
    : mustType && typed.replace(/\D/g, "") !== String(events)
      ? `Type ${events} to confirm.`
      : null;
  const blocked = missing !== null || pending;
  const words = asks ? `Ask to recover ${plural(events, "event")}` : `Recover ${plural(events, "event")}`;
  const button = (
    <Button
      variant="primary"
      data-testid="recovery-confirm"
      aria-disabled={blocked || undefined}
      aria-description={missing ?? undefined}
      className="max-w-full whitespace-normal py-1 max-md:h-auto max-md:min-h-10 max-md:grow"
      onClick={() => !blocked && onStart()}
    >
      {pending ? (asks ? "Asking…" : "Starting…") : words}
    </Button>
  );
  return (
    <>
      {error && (
        <p role="alert" className="mb-2.5 text-pretty text-red">
          {asks ? "Nothing was asked." : "Nothing was started."} {error.message}
          {error instanceof ApiError && error.requestId && ` Request ${error.requestId}.`}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {mustType && (
          <label htmlFor={field} className="mr-auto flex items-center gap-2 max-md:w-full">
            Type {count(events)} to confirm
            <Input
              id={field}
              inputMode="numeric"
              autoComplete="off"
              data-testid="recovery-typed"
              className="w-24 tabular-nums"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        )}
        <Button onClick={onCancel}>Cancel</Button>
        {missing ? <Tooltip content={missing}>{button}</Tooltip> : button}
      </div>
    </>
  );
}
