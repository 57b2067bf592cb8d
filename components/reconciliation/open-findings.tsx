import Link from "next/link";
import { FINDING_KIND, FINDING_KINDS, type SourceCoverage } from "@/lib/contract/reconciliations";
import { count } from "../format";
import { cn } from "../ui/cn";
import { KIND_STYLE } from "./run-status";

/** What is open by kind, over all runs. Without a complete run nothing says that nothing is missing. */
export function OpenFindings({ source }: { source: SourceCoverage }) {
  const { open, last_complete, open_run_id } = source;
  const kinds = FINDING_KINDS.filter((kind) => (open[kind] ?? 0) > 0);
  if (kinds.length === 0) {
    return last_complete ? (
      <span data-testid="missing-now" className="tabular-nums">
        0
      </span>
    ) : (
      <span data-testid="missing-now" className="text-faint">
        unknown: no run has completed yet
      </span>
    );
  }
  const words = kinds.map((kind) => (
    <span key={kind} className={cn("mr-3 whitespace-nowrap font-medium tabular-nums", KIND_STYLE[kind].tone)}>
      {count(open[kind] ?? 0)} {FINDING_KIND[kind].label.toLowerCase()}
    </span>
  ));
  return (
    <span data-testid="missing-now">
      {open_run_id ? (
        <Link href={`/reconciliation/${open_run_id}`} className="hover:underline">
          {words}
        </Link>
      ) : (
        words
      )}
    </span>
  );
}
