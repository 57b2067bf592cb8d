import type { Trial } from "@/lib/contract/holds";
import { count, plural } from "../format";
import { OUTCOME_STYLE } from "../status/replay-status";
import { failedTrialText } from "../status/replay-text";
import { cn } from "../ui/cn";

/** Up to this size cells are drawn one by one; a bigger trial is drawn as shares. */
const CELLS = 50;

/** The trial, with its own bar and sentence. The other deliveries start when it has passed. */
export function TrialPanel({ trial }: { trial: Trial }) {
  const { size, succeeded, failed, state } = trial;
  const open = Math.max(0, size - succeeded - failed);
  return (
    <section aria-label="Trial" data-testid="trial" data-state={state} className="mt-4">
      <p className={cn("tabular-nums", state === "failed" ? "text-red" : state === "passed" ? "text-quiet" : "")}>
        {trialSentence(trial)}
      </p>
      <div aria-hidden="true" className="mt-1.5 flex h-2 max-w-sm gap-0.5">
        {size <= CELLS ? (
          <>
            <Cells times={succeeded} className={cn(OUTCOME_STYLE.delivered.tone, "bg-current")} />
            <Cells times={failed} className={cn(OUTCOME_STYLE.failed.tone, OUTCOME_STYLE.failed.fill)} />
            <Cells times={open} className="bg-hover" />
          </>
        ) : (
          <>
            <Cell grow={succeeded} className={cn(OUTCOME_STYLE.delivered.tone, "bg-current")} />
            <Cell grow={failed} className={cn(OUTCOME_STYLE.failed.tone, OUTCOME_STYLE.failed.fill)} />
            <Cell grow={open} className="bg-hover" />
          </>
        )}
      </div>
    </section>
  );
}

/** `Trial: 3 of 5 failed, the limit is 20 %. Stopped.` */
export function trialSentence(trial: Trial): string {
  const { size, succeeded, failed, retrying, allowed, limit, state } = trial;
  const may = limit > 0 ? `the limit is ${Math.round(limit * 100)} %` : "none may fail";
  switch (state) {
    case "failed":
      return `${failedTrialText(trial)} Stopped.`;
    case "passed":
      return failed === 0
        ? `Trial passed: ${size === 1 ? "it" : `all ${count(size)}`} succeeded.`
        : `Trial passed: ${count(succeeded)} of ${count(size)} succeeded, ${count(failed)} failed, ${may}.`;
    case "running": {
      const retry = retrying > 0 ? ` ${plural(retrying, "failure waits", "failures wait")} for a retry.` : "";
      const more = allowed - failed;
      const left =
        limit === 0 || more === 0
          ? "With one more failure it stops."
          : `${count(more)}${failed > 0 ? " more" : ""} may fail.`;
      return `Trial: ${count(succeeded)} of ${count(size)} succeeded${failed > 0 ? `, ${count(failed)} failed` : ""}; ${may}.${retry} The rest waits until it ends. ${left}`;
    }
  }
}

function Cells({ times, className }: { times: number; className: string }) {
  return Array.from({ length: times }, (_, cell) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: cells are alike
    <Cell key={cell} grow={1} className={className} />
  ));
}

function Cell({ grow, className }: { grow: number; className: string }) {
  return grow > 0 && <span style={{ flexGrow: grow }} className={cn("min-w-1 basis-0 rounded-xs", className)} />;
}
