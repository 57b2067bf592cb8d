"use client";

import { ChartTable } from "../charts/chart-table";
import { ColourKey } from "../charts/colour-key";
import { ReadingBox } from "../charts/reading-box";
import { barOf, middleOf } from "../charts/scale";
import { TimeAxis } from "../charts/time-axis";
import { useBucketCursor } from "../charts/use-bucket-cursor";
import { count, duration, shortClock, utcTime } from "../format";
import { type Hour, HourReading, madeIn } from "./hour-reading";

const MARKS_EVERY = 6;
/** Of the step of one bar. */
const GAP = 0.18;
const GOOD = "color-mix(in oklab, var(--green) 55%, var(--page))";
const BAD = "url(#failed-hatch)";

/** What became of the attempts, hour by hour. Failures are hatched: not by colour alone. */
export function HoursChart({ hours }: { hours: Hour[] }) {
  const { at, range, handlers } = useBucketCursor(hours.length);
  const tallest = Math.max(1, ...hours.map(madeIn));
  const quiet = hours.every((one) => madeIn(one) === 0);
  const hour = at === null ? undefined : hours[at];
  return (
    <section aria-labelledby="hours" data-testid="destination-hours">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <h2 id="hours" className="font-semibold text-lg">
          Last 24 hours
        </h2>
        <p className="flex gap-4 text-quiet text-sm">
          <span className="flex items-center gap-1.5">
            <ColourKey fill={GOOD} /> Delivered
          </span>
          <span className="flex items-center gap-1.5">
            <ColourKey fill={BAD} /> Failed
          </span>
        </p>
        {!quiet && (
          <p className="ml-auto text-faint text-sm tabular-nums max-md:hidden">at most {count(tallest)} an hour</p>
        )}
      </div>
      <div className="relative">
        <button
          type="button"
          aria-label="Read the chart hour by hour with the arrow keys"
          className="block w-full cursor-default touch-pan-y outline-offset-4"
          {...handlers}
        >
          <svg aria-hidden="true" className="block h-32 w-full border-b">
            <defs>
              <pattern
                id="failed-hatch"
                width="6"
                height="6"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(25)"
              >
                <rect width="6" height="6" fill="color-mix(in oklab, var(--red) 35%, var(--page))" />
                <rect width="4" height="6" fill="var(--red)" />
              </pattern>
            </defs>
            {hours.map((one, index) => (
              <g key={one.at} opacity={at !== null && at !== index ? 0.5 : 1}>
                <Bar hour={one} place={barOf(index, hours.length, GAP)} tallest={tallest} />
              </g>
            ))}
          </svg>
        </button>
        <div aria-live="polite" className="pointer-events-none absolute inset-0">
          {quiet && <p className="grid h-32 place-items-center text-faint">Nothing was sent in the last 24 hours.</p>}
          {hour && range && (
            <ReadingBox position={middleOf(range, hours.length)} away={14} className="top-0 z-10 w-44">
              <HourReading hour={hour} />
            </ReadingBox>
          )}
        </div>
      </div>
      <TimeAxis
        starts={hours.map((one) => Date.parse(one.at))}
        every={MARKS_EVERY}
        format={shortClock}
        end="now"
        className="mt-1"
      />
      <ChartTable caption="Attempts by hour" head={["Hour", "Delivered", "Failed", "p95"]} rows={hours.map(rowOf)} />
    </section>
  );
}

function Bar({ hour, place, tallest }: { hour: Hour; place: ReturnType<typeof barOf>; tallest: number }) {
  const [good, bad] = [hour.succeeded, hour.failed].map((value) => (value / tallest) * 100) as [number, number];
  return (
    <>
      {good > 0 && <rect {...place} rx={1} y={`${100 - good}%`} height={`${good}%`} fill={GOOD} />}
      {bad > 0 && <rect {...place} rx={1} y={`${100 - good - bad}%`} height={`${bad}%`} fill={BAD} />}
    </>
  );
}

function rowOf({ at, succeeded, failed, p95_ms }: Hour): string[] {
  return [utcTime(at), count(succeeded), count(failed), p95_ms === null ? "unknown" : duration(p95_ms)];
}
