"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, useMemo, useState } from "react";
import type { Bucket } from "../charts/buckets";
import { ChartTable } from "../charts/chart-table";
import { Legend, providersIn } from "../charts/legend";
import { lineAt, ratesOf } from "../charts/rates";
import { middleOf, spanOf } from "../charts/scale";
import { TimeAxis } from "../charts/time-axis";
import { type StepRange, useBucketCursor } from "../charts/use-bucket-cursor";
import { count, percent, shortClock, shortDay, utcTime } from "../format";
import { historyAddress } from "../links";
import { BucketReading } from "./bucket-reading";
import { isoOf, zoomAddress } from "./period";
import { RateLines } from "./rate-lines";
import { VolumeBars } from "./volume-bars";

const LINES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };
/** The height of the lines, as in rate-lines.tsx. The volume is below them. */
const LINES_PX = 208;
const MARKS = 5;
const DAYS_FROM_MS = 2 * 86_400_000;

/**
 * Success rate above volume, with one shared crosshair. A click opens the history of that time, for the provider under the
 * pointer or the chosen one. Dragging over a part zooms into it. The keyboard does the same.
 */
export function OutcomeCharts({ buckets }: { buckets: Bucket[] }) {
  const router = useRouter();
  const [pointed, setPointed] = useState<string | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);
  const providers = useMemo(() => providersIn(buckets), [buckets]);
  const rates = useMemo(() => ratesOf(buckets, providers), [buckets, providers]);
  const { at, line, range, isDrawing, handlers } = useBucketCursor(buckets.length, {
    onSelect: (selected, on) => open(selected, pinned ?? on),
    lineAt: (step, y) => lineAt(rates, step, 1 - y / LINES_PX),
  });
  const bucket = at === null ? undefined : buckets[at];
  const single = pinned ?? line ?? pointed;
  const drawn = isDrawing && range && range.first !== range.last ? range : null;

  /** Opens the history of one step, or zooms in on several. */
  function open({ first, last }: StepRange, provider: string | null) {
    const from = buckets[first]?.from;
    const to = buckets[last]?.to;
    if (from === undefined || to === undefined) return;
    const closer = first === last ? null : zoomAddress(from, to);
    if (closer) return router.push(closer, { scroll: false });
    const provider_slug = provider === null ? undefined : [provider];
    router.push(historyAddress({ provider_slug, from_ts: isoOf(from), to_ts: isoOf(to) }));
  }
  function type(event: KeyboardEvent) {
    const by = LINES[event.key];
    if (by === undefined) return handlers.onKeyDown(event);
    const slugs = [null, ...providers.map(({ slug }) => slug)];
    setPinned(slugs[(slugs.indexOf(pinned) + by + slugs.length) % slugs.length] ?? null);
    event.preventDefault();
  }

  const isLong = (buckets.at(-1)?.to ?? 0) - (buckets[0]?.from ?? 0) > DAYS_FROM_MS;
  return (
    <section aria-labelledby="success-rate" className="mt-9">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <h2 id="success-rate" className="font-medium">
          Success rate and volume
        </h2>
        <Legend providers={providers} pinned={pinned} onPoint={setPointed} onPin={setPinned} />
      </div>
      <div className="relative pl-10">
        <button
          type="button"
          data-testid="outcome-charts"
          className="relative block w-full cursor-crosshair touch-pan-y text-left outline-offset-4"
          {...handlers}
          onKeyDown={type}
        >
          <span className="sr-only">
            Use the arrow keys to read the chart: left and right for the time, up and down for the provider. Enter opens
            the history at that time. Shift and an arrow key select a range to zoom into.
          </span>
          <span aria-hidden="true" className="contents">
            <RateLines rates={rates} single={single} />
            <VolumeBars buckets={buckets} at={at} />
            {drawn && <Drawn range={drawn} steps={buckets.length} />}
          </span>
        </button>
        <div aria-live="polite" className="pointer-events-none absolute top-0 right-0 bottom-5 left-10">
          {bucket && at !== null && (
            <BucketReading
              bucket={bucket}
              providers={providers}
              single={single}
              position={middleOf({ first: at, last: at }, buckets.length)}
              action={actionText(drawn !== null, single)}
            />
          )}
        </div>
        <TimeAxis
          starts={buckets.map(({ from }) => from)}
          every={Math.max(1, Math.ceil(buckets.length / MARKS))}
          format={isLong ? shortDay : shortClock}
          className="mt-1"
        />
      </div>
      <ChartTable
        caption="Success rate and volume over time"
        head={["From", "Success rate", "Delivered", "Failed", "Dead", "Rejected"]}
        rows={buckets.filter(({ total }) => COUNTED.some((name) => total[name] > 0)).map(rowOf)}
      />
    </section>
  );
}

const COUNTED = ["received", "delivered", "failed", "dead", "rejected"] as const;

function rowOf({ from, rate, total: { delivered, failed, dead, rejected } }: Bucket): string[] {
  return [utcTime(isoOf(from)), percent(rate), ...[delivered, failed, dead, rejected].map(count)];
}

/** The part of the period that would be zoomed into. */
function Drawn({ range, steps }: { range: StepRange; steps: number }) {
  const { x, width } = spanOf(range, steps);
  return <span className="absolute inset-y-0 border-accent border-x bg-accent/10" style={{ left: x, width }} />;
}

function actionText(drawn: boolean, provider: string | null): { verb: string; provider: string | null } {
  return drawn ? { verb: "Release to zoom", provider: null } : { verb: "Click to show events", provider };
}
