/** The state or the end of a replay, in the words of its page's heading. */
import type { ReplayDetail } from "@/lib/client/replays";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { SkipReason } from "@/lib/contract/vocabulary";
import { count, plural } from "../format";
import { endedText, failedTrialText, ranOf } from "../status/replay-text";

/** `45 of 47 recovered. 2 still fail: Agent SDK answers 503.` */
export function headlineOf(replay: ReplayDetail): string {
  const { status, total, failed, skipped } = replay;
  const done = endedText(replay);
  switch (status) {
    case "draft":
      return "A preview that was never started.";
    case "queued":
      return `${plural(total - skipped, "delivery", "deliveries")} will run.`;
    case "running":
      return failed > 0 ? `${done} done, ${count(failed)} failed.` : `${done} done.`;
    case "paused":
      return `Paused after ${done}.`;
    case "stopped":
      return sentences("Stopped automatically.", stoppedBecause(replay), retries(replay), untouched(replay, "stopped"));
    case "cancelled":
      return sentences("Cancelled.", recovered(replay), retries(replay), untouched(replay, "cancelled"));
    case "completed":
      return sentences(recovered(replay), stillFailing(replay), skippedText(replay));
  }
}

/** A trial with its current figures, as its panel shows them; any other reason as it was recorded. */
function stoppedBecause({ summary: { trial }, stopped_because }: ReplayDetail): string | null {
  return trial?.state === "failed" ? failedTrialText(trial) : stopped_because;
}

function sentences(...said: (string | null | undefined)[]): string {
  return said.filter(Boolean).join(" ");
}

/** Deliveries that began before the end and are still retried. They count when they end. */
function retries({ in_progress }: ReplayDetail): string | null {
  if (in_progress === 0) return null;
  return `${count(in_progress)} ${in_progress === 1 ? "has begun and still counts" : "have begun and still count"}.`;
}

function recovered(replay: ReplayDetail): string {
  const { succeeded, failed, summary, in_progress } = replay;
  const ran = ranOf(replay);
  if (ran === 0) return in_progress === 0 ? "Nothing ran." : "No events recovered yet.";
  if (succeeded === 0)
    return `${ran === 1 ? "It" : `None of ${count(ran)}`} recovered.`.replace("It recovered", "Not recovered");
  const share =
    failed > 0
      ? `${count(succeeded)} of ${count(ran)} recovered.`
      : ran === 1
        ? "Recovered."
        : `All ${count(ran)} recovered.`;
  if (failed === 0 && summary.outcomes.already_correct === succeeded) return `${share} Every row was already correct.`;
  return summary.rows_changed > 0 && failed === 0 ? `${share} ${plural(summary.rows_changed, "row")} changed.` : share;
}

/** Names the biggest group of failures, and mentions others. */
function stillFailing({ failed, summary }: ReplayDetail): string {
  const [biggest, ...others] = summary.failures;
  if (failed === 0 || !biggest) return "";
  const { destination, http_status, error_class } = biggest;
  const why = http_status
    ? `${destination} answers ${http_status}`
    : `${destination}: ${error_class ? ERROR_CLASS[error_class].label.toLowerCase() : "unknown error"}`;
  return `${count(failed)} still ${failed === 1 ? "fails" : "fail"}${others.length > 0 ? ", mostly" : ""}: ${why}.`;
}

function skippedText({ skipped, summary }: ReplayDetail): string {
  if (skipped === 0) return "";
  const waiting = summary.skip_reasons.predecessor_failed ?? 0;
  if (waiting === skipped) return `${count(waiting)} ${waiting === 1 ? "waits" : "wait"} for an earlier one.`;
  return `${count(skipped)} ${skipped === 1 ? "was" : "were"} skipped.`;
}

function untouched({ summary }: ReplayDetail, reason: SkipReason): string {
  const left = summary.skip_reasons[reason] ?? 0;
  return left === 0 ? "Nothing was left." : `${count(left)} ${left === 1 ? "is" : "are"} untouched.`;
}
