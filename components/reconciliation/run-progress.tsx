import { isUnderWay, type Reconciliation } from "@/lib/contract/reconciliations";
import { duration } from "../format";
import { cn } from "../ui/cn";
import { progressText } from "./words";

/** How much of the window is read, and what that took. */
export function RunProgress({ run, lost }: { run: Reconciliation; lost: boolean }) {
  const { windows, status, started_at, completed_at } = run;
  const share = (part: number) => `${(100 * part) / Math.max(1, windows.total)}%`;
  return (
    <section aria-label="Progress" className="mt-4">
      <div
        role="progressbar"
        aria-label="Windows read"
        aria-valuemin={0}
        aria-valuemax={windows.total}
        aria-valuenow={windows.done}
        className="flex h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
      >
        <span
          className={cn("bg-teal transition-[width] duration-150", status === "cancelled" && "bg-grey")}
          style={{ width: share(windows.done) }}
        />
        <span className="bg-red" style={{ width: share(windows.failed) }} />
      </div>
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-quiet tabular-nums">
        <span data-testid="run-progress">{progressText(run)}</span>
        <span role="status">
          {lost && <span className="text-amber">Reconnecting. The run continues without this page.</span>}
          {!lost && !isUnderWay(status) && started_at && completed_at && (
            <>Took {duration(Date.parse(completed_at) - Date.parse(started_at))}</>
          )}
        </span>
      </p>
    </section>
  );
}
