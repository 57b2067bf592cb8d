import type { ItemOutcome } from "@/lib/client/replays";
import type { Replay, ReplaySummary } from "@/lib/contract/replays";
import { count } from "../format";
import { OUTCOME_STYLE, OUTCOMES } from "../status/replay-status";
import { cn } from "../ui/cn";

export type OutcomeCounts = Partial<Record<ItemOutcome, number>>;

/** The counts of a list's row, which knows how many succeeded but not in which way. */
export function roughOutcomes({ succeeded, failed, skipped, total }: Replay): OutcomeCounts {
  return { delivered: succeeded, failed, skipped, waiting: total - succeeded - failed - skipped };
}

export function outcomesOf({ outcomes }: ReplaySummary): OutcomeCounts {
  return outcomes;
}

/** Progress, split by what became of the items. Each segment differs in pattern, not in colour only. */
export function OutcomeBar({
  outcomes,
  inProgress,
  thick,
  rough,
}: {
  outcomes: OutcomeCounts;
  inProgress: number;
  thick?: boolean;
  /** `delivered` includes every kind of success. */
  rough?: boolean;
}) {
  const total = OUTCOMES.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
  const waiting = Math.max(0, (outcomes.waiting ?? 0) - inProgress);
  const ended = total - (outcomes.waiting ?? 0);
  const parts = OUTCOMES.filter((outcome) => outcome !== "waiting" && outcomes[outcome]);
  const name = (outcome: ItemOutcome) =>
    rough && outcome === "delivered" ? "succeeded" : OUTCOME_STYLE[outcome].label.toLowerCase();
  const words = parts.map((outcome) => `${count(outcomes[outcome] ?? 0)} ${name(outcome)}`);
  if (waiting > 0) words.push(`${count(waiting)} waiting`);
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={ended}
      aria-valuetext={words.join(", ")}
      title={words.join(", ")}
      className={cn("flex w-full gap-px overflow-hidden bg-hover", thick ? "h-5 rounded-md" : "h-2 rounded-sm")}
    >
      {parts.map((outcome) => (
        <Segment
          key={outcome}
          grow={outcomes[outcome] ?? 0}
          className={cn(OUTCOME_STYLE[outcome].tone, OUTCOME_STYLE[outcome].fill)}
        />
      ))}
      {inProgress > 0 && <Segment grow={inProgress} className="animate-quiet-pulse bg-current text-blue" />}
      {waiting > 0 && <Segment grow={waiting} className="" />}
    </div>
  );
}

function Segment({ grow, className }: { grow: number; className: string }) {
  return (
    <span
      aria-hidden="true"
      style={{ flexGrow: grow }}
      className={cn("min-w-1 basis-0 transition-[flex-grow] duration-180", className)}
    />
  );
}
