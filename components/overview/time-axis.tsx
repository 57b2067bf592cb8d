"use client";

import { useHydrated } from "@/lib/client/hydrated";
import type { Range } from "@/lib/contract/analytics";
import type { Bucket } from "./buckets";

const MARKS = 5;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A few times below the charts, in the reader's zone, which only the browser knows. */
export function TimeAxis({ buckets, range }: { buckets: Bucket[]; range: Range }) {
  const hydrated = useHydrated();
  const format = range === "7d" || range === "30d" ? day : clock;
  const step = Math.max(1, Math.floor((buckets.length - 1) / (MARKS - 1)));
  const marks = buckets.filter((_, index) => index % step === 0 && index / step < MARKS);
  return (
    <div aria-hidden="true" className="mt-1 flex h-4 justify-between text-faint text-xs tabular-nums">
      {hydrated && marks.map(({ from }) => <span key={from}>{format.format(from)}</span>)}
    </div>
  );
}
