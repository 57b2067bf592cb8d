"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { HISTOGRAM_REFRESH_MS, histogramQuery } from "@/lib/client/queries/events";
import { useDelayedFlag } from "@/lib/client/use-delayed-flag";
import { useAfterFirstPaint, useHydrated } from "@/lib/client/use-hydrated";
import type { EventFilter } from "@/lib/contract/event-filter";
import { ChartTable } from "../charts/chart-table";
import { ColourKey } from "../charts/colour-key";
import { middleOf } from "../charts/scale";
import { TimeAxis } from "../charts/time-axis";
import { useBucketCursor } from "../charts/use-bucket-cursor";
import { NO_TIME, RANGE_LABELS } from "../filters/event-filter-text";
import { count, localTime } from "../format";
import { historyAddress } from "../links";
import { cn } from "../ui/cn";
import { HistogramBars } from "./histogram-bars";
import { HistogramReading } from "./histogram-reading";
import { markFormat, OUTCOMES, outcomeText, spanText, sumOf, totalOf } from "./histogram-text";

const MARKS = 5;

/** Events over time by outcome, for the filter of the list. A part can be selected as the filter's time range. */
export function Histogram({ filter }: { filter: EventFilter }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [pending, startTransition] = useTransition();
  const {
    data: read,
    error,
    isPlaceholderData,
  } = useQuery({
    ...histogramQuery(filter),
    refetchInterval: HISTOGRAM_REFRESH_MS,
  });
  // Rows load first, even when the numbers are known from the last visit.
  const data = useAfterFirstPaint() ? read : undefined;
  const buckets = data?.buckets ?? [];
  const endOf = (index: number) =>
    new Date(Date.parse(buckets[index]?.at ?? "") + (data?.bucket_seconds ?? 0) * 1_000).toISOString();
  const go = (times: EventFilter) =>
    startTransition(() => router.push(historyAddress({ ...filter, ...NO_TIME, ...times }), { scroll: false }));
  const cursor = useBucketCursor(buckets.length, {
    onSelect: ({ first, last }) => go({ from_ts: buckets[first]?.at, to_ts: endOf(last) }),
  });

  const waiting = pending || isPlaceholderData;
  const late = useDelayedFlag(waiting);
  const sum = data && sumOf(buckets);
  const total = sum ? totalOf(sum) : 0;
  const reading = data && hydrated ? cursor.range : null;
  return (
    <section aria-label="Events over time" aria-busy={waiting || !data} className="pb-3" data-testid="histogram">
      <div className="flex h-6 items-center gap-x-4 text-sm">
        <h2 className="truncate text-quiet first-letter:uppercase">
          {!(data && hydrated) && <span className="sr-only">Events over time</span>}
          {data && hydrated && (
            <>
              <span className="font-medium text-ink tabular-nums" data-testid="histogram-total">
                {count(total)}
                {data.capped && "+"} {total === 1 ? "event" : "events"}
              </span>{" "}
              {timeText(filter, data.from, data.to, data.bucket_seconds)}
            </>
          )}
        </h2>
        <ul aria-label="Colours" className="ml-auto flex gap-x-3 text-faint max-md:hidden">
          {sum &&
            OUTCOMES.filter(({ name }) => sum[name] > 0).map(({ name, label, fill }) => (
              <li key={name} className="flex items-center gap-1.5 whitespace-nowrap">
                <ColourKey fill={fill} /> {label}
              </li>
            ))}
        </ul>
        {(filter.from_ts || filter.to_ts) && (
          <button
            type="button"
            onClick={() => go({})}
            className="flex shrink-0 items-center gap-1 rounded-md font-medium text-accent hover:text-accent-strong max-md:ml-auto"
          >
            <X aria-hidden="true" className="size-3" /> Clear range
          </button>
        )}
      </div>
      <div className="relative">
        <button
          type="button"
          data-testid="histogram-brush"
          aria-label="Events over time. Use the arrow keys to read it, Shift and an arrow key to select a range, and Enter to show that range."
          className={cn(
            "block w-full cursor-crosshair touch-pan-y outline-offset-2 transition-opacity duration-150",
            late && "opacity-60",
          )}
          disabled={buckets.length === 0}
          {...cursor.handlers}
        >
          <HistogramBars data={data} range={cursor.range} isDrawing={cursor.isDrawing} />
        </button>
        <div aria-live="polite" className="pointer-events-none absolute inset-0">
          {error && !data && (
            <p className="grid h-14 place-items-center text-faint text-sm">Could not load the histogram.</p>
          )}
          {data && total === 0 && hydrated && (
            <p className="grid h-14 place-items-center text-faint text-sm">No matching events in this period.</p>
          )}
          {reading && data && (
            <HistogramReading
              buckets={buckets.slice(reading.first, reading.last + 1)}
              words={spanText(buckets[reading.first]?.at ?? "", endOf(reading.last), data.bucket_seconds)}
              position={middleOf(reading, buckets.length)}
              unknown={data.counted_from !== null && endOf(reading.first) <= data.counted_from}
            />
          )}
        </div>
      </div>
      <TimeAxis
        starts={buckets.map(({ at }) => Date.parse(at))}
        every={Math.max(1, Math.ceil(buckets.length / MARKS))}
        format={markFormat(data?.bucket_seconds ?? 0)}
      />
      {data?.counted_from && hydrated && (
        <p className="text-faint text-xs">
          The newest {count(total)} are counted. Older ones are hatched. Choose a shorter time or a narrower filter to
          count all.
        </p>
      )}
      {sum && hydrated && (
        <ChartTable
          caption={<>Events over time: {outcomeText(sum)}</>}
          head={["From", "Events"]}
          rows={buckets.filter((one) => totalOf(one) > 0).map((one) => [localTime(one.at), outcomeText(one)])}
        />
      )}
    </section>
  );
}

function timeText({ range, from_ts, to_ts }: EventFilter, from: string, to: string, seconds: number): string {
  if (range) return `in the ${RANGE_LABELS[range]}`;
  return from_ts || to_ts ? spanText(from, to, seconds) : "in the last 24 hours";
}
