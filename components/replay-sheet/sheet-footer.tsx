import { useId, useState } from "react";
import type { AskedOptions, Drafted } from "@/lib/client/replays";
import { ApiError } from "@/lib/client/request";
import { count, localTime } from "../format";
import { SHORTEST_REASON } from "../forms/reason-field";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { Tooltip } from "../ui/tooltip";
import { actionText } from "./preview-text";

/** Above this many events the number must be typed, so that thousands are not replayed by mistake. */
const TYPED_ABOVE = 100;

/** The button that says what it does, what is still missing, and what went wrong. */
export function SheetFooter({
  verb,
  drafted,
  fresh,
  options,
  reason,
  pending,
  problem,
  moved,
  onStart,
  onCancel,
}: {
  /** What it does, as the button says it. */
  verb: string;
  drafted: Drafted | undefined;
  /** False while a new preview is being loaded. */
  fresh: boolean;
  options: AskedOptions;
  reason: string;
  pending: boolean;
  problem: Error | null;
  /** The replay would differ from the preview shown. */
  moved: boolean;
  onStart: () => void;
  onCancel: () => void;
}) {
  const field = useId();
  const [typed, setTyped] = useState("");
  const events = drafted?.preview.events ?? 0;
  const mustType = events > TYPED_ABOVE;
  const missing = missingBefore();

  function missingBefore(): string | null {
    if (!drafted || !fresh) return "The preview is being prepared.";
    if (drafted.preview.to_run === 0) return "Every delivery would be skipped, so there is nothing to deliver.";
    if (reason.trim().length < SHORTEST_REASON) return "Enter a reason first.";
    if (mustType && typed.replace(/\D/g, "") !== String(events)) return `Type ${events} to confirm.`;
    return null;
  }

  return (
    <>
      {(problem || moved) && (
        <p role="alert" className={problem ? "mb-2.5 text-red" : "mb-2.5 text-amber"}>
          {problem
            ? problemText(problem)
            : "Nothing was started, because the selection changed since the preview. Read the new preview, then confirm again."}
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
              data-testid="replay-typed"
              className="w-24 tabular-nums"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        )}
        <Button onClick={onCancel}>Cancel</Button>
        <StartButton missing={missing} pending={pending} onStart={onStart}>
          {drafted && drafted.preview.to_run > 0 ? buttonText(verb, drafted, options) : verb}
        </StartButton>
      </div>
    </>
  );
}

/** While it is disabled, the button says what it waits for. */
function StartButton(props: { missing: string | null; pending: boolean; onStart: () => void; children: string }) {
  const blocked = props.missing !== null || props.pending;
  const button = (
    <Button
      variant="primary"
      data-testid="replay-confirm"
      aria-disabled={blocked || undefined}
      aria-description={props.missing ?? undefined}
      className="max-w-full whitespace-normal py-1 max-md:h-auto max-md:min-h-10 max-md:grow"
      onClick={() => !blocked && props.onStart()}
    >
      {props.pending ? "Starting…" : props.children}
    </Button>
  );
  return props.missing ? <Tooltip content={props.missing}>{button}</Tooltip> : button;
}

function buttonText(verb: string, { preview }: Drafted, { immediate, scheduledAt }: AskedOptions): string {
  if (immediate !== false || !scheduledAt) return actionText(preview, verb);
  return `${actionText(preview, "Schedule")} for ${localTime(scheduledAt).replace(/:\d\d$/, "")}`;
}

function problemText(error: Error): string {
  const reference = error instanceof ApiError && error.requestId ? ` Request ${error.requestId}.` : "";
  return `Nothing was started. ${error.message}${reference}`;
}
