import type { AskedOptions, Drafted } from "@/lib/client/replays";
import { ApiError } from "@/lib/client/request";
import { localTime } from "../format";
import { ConfirmRow } from "../forms/confirm-row";
import { SHORTEST_REASON } from "../forms/reason-field";
import { actionText } from "./preview-text";

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
  const missing = missingBefore();

  function missingBefore(): string | null {
    if (!drafted || !fresh) return "The preview is being prepared.";
    if (drafted.preview.to_run === 0) return "Every delivery would be skipped, so there is nothing to deliver.";
    if (reason.trim().length < SHORTEST_REASON) return "Enter a reason first.";
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
      <ConfirmRow
        testId="replay"
        events={drafted?.preview.events ?? 0}
        missing={missing}
        pending={pending}
        doing="Starting…"
        onConfirm={onStart}
        onCancel={onCancel}
      >
        {drafted && drafted.preview.to_run > 0 ? buttonText(verb, drafted, options) : verb}
      </ConfirmRow>
    </>
  );
}

function buttonText(verb: string, { preview }: Drafted, { immediate, scheduledAt }: AskedOptions): string {
  if (immediate !== false || !scheduledAt) return actionText(preview, verb);
  return `${actionText(preview, "Schedule")} for ${localTime(scheduledAt).replace(/:\d\d$/, "")}`;
}

function problemText(error: Error): string {
  const reference = error instanceof ApiError && error.requestId ? ` Request ${error.requestId}.` : "";
  return `Nothing was started. ${error.message}${reference}`;
}
