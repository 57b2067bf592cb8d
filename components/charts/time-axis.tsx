"use client";

import { useHydrated } from "@/lib/client/use-hydrated";
import type { Bucket } from "./buckets";

const MARKS = 5;
const DAYS_FROM_MS = 2 * 86_400_000;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A few times below the charts, in the reader's zone, which only the browser knows. */
export function TimeAxis({ buckets }: { buckets: Bucket[] }) {
  const hydrated = useHydrated();
  const length = (buckets.at(-1)?.to ?? 0) - (buckets[0]?.from ?? 0);
  const format = length > DAYS_FROM_MS ? day : clock;
  const step = Math.max(1, Math.round(buckets.length / MARKS));
  return (
    <div aria-hidden="true" className="relative mt-1 h-4 text-faint text-xs tabular-nums">
      {hydrated &&
        buckets.map(({ from }, index) =>
          index % step === 0 && index / step < MARKS ? (
            // At the left edge of its step, where that time is.
            <span key={from} className="absolute" style={{ left: `${(index / buckets.length) * 100}%` }}>
              {format.format(from)}
            </span>
          ) : null,
        )}
    </div>
  );
}
