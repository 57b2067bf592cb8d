/** The figures of a replay in one place: its page, the lists and the overview say the same number in the same words. */
import { isEnded } from "@/lib/client/live-replay";
import type { Trial } from "@/lib/contract/holds";
import type { Replay } from "@/lib/contract/replays";
import { count } from "../format";

type Counted = Pick<Replay, "status" | "total" | "succeeded" | "failed" | "skipped" | "in_progress">;

/** The items that have an outcome. */
export function endedOf({ succeeded, failed, skipped }: Counted): number {
  return succeeded + failed + skipped;
}

/** The items that ran to their end, successfully or not. */
export function ranOf({ succeeded, failed }: Counted): number {
  return succeeded + failed;
}

/** The items that have not started. They stay as they are when the replay ends. */
export function untouchedOf(replay: Counted): number {
  return replay.total - endedOf(replay) - replay.in_progress;
}

/** `3 of 37` */
export function endedText(replay: Counted): string {
  return `${count(endedOf(replay))} of ${count(replay.total)}`;
}

/** While it runs `3 of 37 done`, afterwards the result of what ran: `2 of 3 recovered`. */
export function resultText(replay: Counted): string {
  if (!isEnded(replay.status)) return `${endedText(replay)} done`;
  const ran = ranOf(replay);
  return ran === 0 ? "none ran" : `${count(replay.succeeded)} of ${count(ran)} recovered`;
}

/** `Trial: 3 of 5 failed, the limit is 20 %.` Current numbers: attempts that were in progress may have failed since. */
export function failedTrialText({ size, failed, limit }: Trial): string {
  const may = limit > 0 ? `the limit is ${Math.round(limit * 100)} %` : "none may fail";
  return `Trial: ${count(failed)} of ${count(size)} failed, ${may}.`;
}

/** Items that began and have no outcome yet. After the end only retries are left, which still count. */
export function inProgressText({ status, in_progress }: Counted): string | null {
  if (in_progress === 0) return null;
  return isEnded(status) ? `${count(in_progress)} still to end` : `${count(in_progress)} in progress`;
}
