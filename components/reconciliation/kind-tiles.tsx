import { FINDING_KIND, FINDING_KINDS, type Reconciliation } from "@/lib/contract/reconciliations";
import { count } from "../format";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";
import { KIND_STYLE } from "./run-status";

/** What the provider has and what is here, and the findings by kind. A tile leads to its list below. */
export function KindTiles({ run }: { run: Reconciliation }) {
  const { counts, counts_are, status } = run;
  const least = counts_are === "at_least";
  return (
    <nav aria-label="Findings by kind" className="grid grid-cols-6 gap-2 max-xl:grid-cols-3 max-md:grid-cols-2">
      {FINDING_KINDS.map((kind) => {
        const times = counts[kind];
        const { label, meaning } = FINDING_KIND[kind];
        const look = KIND_STYLE[kind];
        // Zero is known only when everything was read.
        const shown = times === 0 && least ? "–" : count(times);
        return (
          <a
            key={kind}
            href={`#${kind}`}
            title={meaning}
            data-testid={`kind-${kind}`}
            className={cn(
              "rounded-md border px-3 py-2 transition-colors duration-150 hover:border-line-strong hover:bg-hover",
              times === 0 && "pointer-events-none",
            )}
          >
            <span className={cn("block font-semibold text-xl tabular-nums", times === 0 ? "text-faint" : look.tone)}>
              {times > 0 && least && status !== "running" && (
                <span className="mr-1 align-middle font-normal text-quiet text-sm">at least</span>
              )}
              {shown}
            </span>
            <span className={cn("flex items-center gap-1.5", times === 0 ? "text-faint" : "text-quiet")}>
              <StatusIcon look={look} className={times === 0 ? "text-faint" : undefined} />
              {label}
            </span>
          </a>
        );
      })}
    </nav>
  );
}
