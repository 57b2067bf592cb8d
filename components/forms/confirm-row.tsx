import { useId, useState } from "react";
import { count } from "../format";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { Tooltip } from "../ui/tooltip";

/** Above this many events the number must be typed, so that thousands are not delivered by mistake. */
const TYPED_ABOVE = 100;

/** Cancel, and the button that says what it does; while it is disabled, it says what it waits for. */
export function ConfirmRow({
  testId,
  events,
  typed: isTyped = true,
  missing: missingBefore,
  pending,
  doing,
  onConfirm,
  onCancel,
  children,
}: {
  /** `replay`: the button is `replay-confirm`, the field `replay-typed`. */
  testId: string;
  events: number;
  /** False where a large number needs no typing. */
  typed?: boolean;
  /** What it waits for; null when nothing but the number may be missing. */
  missing: string | null;
  pending: boolean;
  /** What it says meanwhile. */
  doing: string;
  onConfirm: () => void;
  onCancel: () => void;
  children: string;
}) {
  const field = useId();
  const [typed, setTyped] = useState("");
  const mustType = isTyped && events > TYPED_ABOVE;
  const isWrong = mustType && typed.replace(/\D/g, "") !== String(events);
  const missing = missingBefore ?? (isWrong ? `Type ${events} to confirm.` : null);
  const blocked = missing !== null || pending;
  const button = (
    <Button
      variant="primary"
      data-testid={`${testId}-confirm`}
      aria-disabled={blocked || undefined}
      aria-description={missing ?? undefined}
      className="max-w-full whitespace-normal py-1 max-md:h-auto max-md:min-h-10 max-md:grow"
      onClick={() => !blocked && onConfirm()}
    >
      {pending ? doing : children}
    </Button>
  );
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {mustType && (
        <label htmlFor={field} className="mr-auto flex items-center gap-2 max-md:w-full">
          Type {count(events)} to confirm
          <Input
            id={field}
            inputMode="numeric"
            autoComplete="off"
            data-testid={`${testId}-typed`}
            className="w-24 tabular-nums"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      <Button onClick={onCancel}>Cancel</Button>
      {missing ? <Tooltip content={missing}>{button}</Tooltip> : button}
    </div>
  );
}
