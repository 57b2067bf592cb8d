"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, useState } from "react";
import type { Range } from "@/lib/contract/analytics";
import { historyAddress } from "../events/address";
import { BucketReading } from "./bucket-reading";
import { BucketTable } from "./bucket-table";
import type { Bucket } from "./buckets";
import { Legend, providersIn } from "./legend";
import { RateLines } from "./rate-lines";
import { TimeAxis } from "./time-axis";
import { VolumeBars } from "./volume-bars";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** Success rate above volume, read together: one pointer, one crosshair. A click opens the history of that time. */
export function OutcomeCharts({ buckets, range }: { buckets: Bucket[]; range: Range }) {
  const router = useRouter();
  const [at, setAt] = useState<number | null>(null);
  const [single, setSingle] = useState<string | null>(null);
  const last = buckets.length - 1;
  const bucket = at === null ? undefined : buckets[at];
  const providers = providersIn(buckets);

  function bucketUnder(event: MouseEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(last, Math.floor(((event.clientX - box.left) / box.width) * buckets.length)));
  }
  function open(event: MouseEvent<HTMLElement>) {
    // Enter is a click without a place: it opens what the arrow keys chose.
    const chosen = event.detail === 0 ? bucket : buckets[bucketUnder(event)];
    if (!chosen) return;
    const [from_ts, to_ts] = [chosen.from, chosen.to].map((ms) => new Date(ms).toISOString());
    router.push(historyAddress({ from_ts, to_ts }));
  }
  function step(event: KeyboardEvent) {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt((current) => Math.max(0, Math.min(last, (current ?? (by < 0 ? last + 1 : -1)) + by)));
  }

  return (
    <section aria-labelledby="success-rate" className="mt-9">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <h2 id="success-rate" className="font-medium">
          Success rate and volume
        </h2>
        <Legend providers={providers} onSingle={setSingle} />
      </div>
      <div className="relative pl-10">
        <button
          type="button"
          aria-label="Read the chart with the arrow keys; press Enter to open the history of that time"
          className="relative block w-full touch-pan-y text-left outline-offset-4"
          onPointerMove={(event) => setAt(bucketUnder(event))}
          onPointerLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
          onKeyDown={step}
          onClick={open}
        >
          <RateLines buckets={buckets} providers={providers} single={single} />
          <VolumeBars buckets={buckets} at={at} />
        </button>
        <div aria-live="polite" className="pointer-events-none absolute top-0 right-0 bottom-5 left-10">
          {bucket && at !== null && (
            <BucketReading bucket={bucket} providers={providers} position={(at + 0.5) / buckets.length} />
          )}
        </div>
        <TimeAxis buckets={buckets} range={range} />
      </div>
      <BucketTable buckets={buckets} />
    </section>
  );
}
