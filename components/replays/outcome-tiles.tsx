import Link from "next/link";
import type { ItemOutcome } from "@/lib/client/replays";
import type { OutcomeCounts } from "../charts/outcome-bar";
import { count } from "../format";
import { OUTCOME_STYLE, OUTCOMES } from "../status/replay-status";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";

/** The items by outcome. A click filters the list by one; the address keeps it. */
export function OutcomeTiles({
  address,
  outcomes,
  chosen,
}: {
  /** The replay's own address, without an outcome filter. */
  address: string;
  outcomes: OutcomeCounts;
  chosen: ItemOutcome | undefined;
}) {
  // Waiting is not an outcome, and its tile would come and go.
  const shown = OUTCOMES.filter((outcome) => outcome !== "waiting");
  return (
    <nav aria-label="Items by outcome" className="grid grid-cols-6 gap-2 max-xl:grid-cols-3 max-md:grid-cols-2">
      {shown.map((outcome) => {
        const { label, meaning, ...look } = OUTCOME_STYLE[outcome];
        const times = outcomes[outcome] ?? 0;
        const on = outcome === chosen;
        return (
          <Link
            key={outcome}
            href={on ? address : `${address}?outcome=${outcome}`}
            replace
            scroll={false}
            prefetch={false}
            aria-current={on ? "true" : undefined}
            title={meaning}
            data-testid={`outcome-${outcome}`}
            className={cn(
              "rounded-md border px-3 py-2 transition-colors duration-150 hover:border-line-strong hover:bg-hover",
              on && "border-accent ring-1 ring-accent ring-inset",
            )}
          >
            <span className={cn("block font-semibold text-xl tabular-nums", times === 0 ? "text-faint" : look.tone)}>
              {count(times)}
            </span>
            <span className={cn("flex items-center gap-1.5", times === 0 ? "text-faint" : "text-quiet")}>
              <StatusIcon look={look} className={times === 0 ? "text-faint" : undefined} />
              {label}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
