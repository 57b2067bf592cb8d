"use client";

import { useHydrated } from "@/lib/client/use-hydrated";
import { cn } from "../ui/cn";
import { leftOf } from "./scale";

/** A few times below a chart, in the reader's zone, which only the browser knows. */
export function TimeAxis({
  starts,
  every,
  format,
  end,
  className,
}: {
  /** When each step begins, in milliseconds. */
  starts: readonly number[];
  /** The time of each step. */
  every: number;
  format: (at: number) => string;
  /** The label of the right edge. */
  end?: string;
  className?: string;
}) {
  const hydrated = useHydrated();
  return (
    <div aria-hidden="true" className={cn("relative h-4 text-faint text-xs tabular-nums", className)}>
      {hydrated &&
        starts.map((at, step) =>
          step % every === 0 ? (
            // At the left edge of its step, where that time is.
            <span key={at} className="absolute" style={{ left: leftOf(step, starts.length) }}>
              {format(at)}
            </span>
          ) : null,
        )}
      {hydrated && end && <span className="absolute right-0">{end}</span>}
    </div>
  );
}
