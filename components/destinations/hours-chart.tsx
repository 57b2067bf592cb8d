"use client";

import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useHydrated } from "@/lib/client/use-hydrated";
import type { DestinationHealth } from "@/lib/contract/destinations";
import { count, duration, percent } from "../format";
import { cn } from "../ui/cn";
import { HoursTable } from "./hours-table";

type Hour = DestinationHealth["hours"][number];

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
const MARKS_EVERY = 6;
/** Of the step of one bar. */
const GAP = 0.18;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** What became of the attempts, hour by hour. Failures are hatched: not by colour alone. */
export function HoursChart({ hours }: { hours: Hour[] }) {
  const [at, setAt] = useState<number | null>(null);
  const quiet = hours.every(({ succeeded, failed }) => succeeded + failed === 0);
  const tallest = Math.max(1, ...hours.map(({ succeeded, failed }) => succeeded + failed));
  const last = hours.length - 1;
  const hour = at === null ? undefined : hours[at];

  function point(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(last, Math.floor(((event.clientX - box.left) / box.width) * hours.length))));
  }
  function step(event: KeyboardEvent) {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt((current) => Math.max(0, Math.min(last, (current ?? (by < 0 ? last + 1 : -1)) + by)));
  }

  return (
    <section aria-labelledby="hours" data-testid="destination-hours">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <h2 id="hours" className="font-semibold text-lg">
          Last 24 hours
        </h2>
        <p className="flex gap-4 text-quiet text-sm">
          <Key fill="var(--green)" label="Delivered" />
          <Key fill="url(#failed-hatch)" label="Failed" />
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
          onPointerMove={point}
          onPointerLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
          onKeyDown={step}
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
              <Bar
                key={one.at}
                hour={one}
                {...{ index, tallest }}
                of={hours.length}
                faded={at !== null && at !== index}
              />
            ))}
          </svg>
        </button>
        <div aria-live="polite" className="pointer-events-none absolute inset-0">
          {quiet && <p className="grid h-32 place-items-center text-faint">Nothing was sent in the last 24 hours.</p>}
          {hour && at !== null && <Reading hour={hour} position={(at + 0.5) / hours.length} />}
        </div>
      </div>
      <Axis hours={hours} />
      <HoursTable hours={hours} />
    </section>
  );
}

function Bar({
  hour,
  index,
  of,
  tallest,
  faded,
}: {
  hour: Hour;
  index: number;
  of: number;
  tallest: number;
  faded: boolean;
}) {
  const [good, bad] = [hour.succeeded, hour.failed].map((value) => (value / tallest) * 100) as [number, number];
  const place = { x: `${((index + GAP / 2) / of) * 100}%`, width: `${((1 - GAP) / of) * 100}%`, rx: 1 };
  return (
    <g opacity={faded ? 0.5 : 1}>
      {good > 0 && (
        <rect
          {...place}
          y={`${100 - good}%`}
          height={`${good}%`}
          fill="color-mix(in oklab, var(--green) 55%, var(--page))"
        />
      )}
      {bad > 0 && <rect {...place} y={`${100 - good - bad}%`} height={`${bad}%`} fill="url(#failed-hatch)" />}
    </g>
  );
}

function Key({ fill, label }: { fill: string; label: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <svg aria-hidden="true" className="size-2.5">
        <rect
          width="100%"
          height="100%"
          rx="2"
          fill={fill.startsWith("url") ? fill : `color-mix(in oklab, ${fill} 55%, var(--page))`}
        />
      </svg>
      {label}
    </span>
  );
}

function Reading({ hour, position }: { hour: Hour; position: number }) {
  const made = hour.succeeded + hour.failed;
  const start = Date.parse(hour.at);
  return (
    <span
      className={cn(
        "absolute top-0 z-10 w-44 rounded-md border bg-raised p-2.5 text-sm shadow-float",
        position > 0.5 && "-translate-x-full",
      )}
      style={{ left: `calc(${position * 100}% + ${position > 0.5 ? -14 : 14}px)` }}
    >
      <span className="block text-quiet tabular-nums">
        {clock.format(start)} – {clock.format(start + 3_600_000)}
      </span>
      {made === 0 ? (
        <span className="block">Nothing was sent.</span>
      ) : (
        <>
          <Line name="Delivered" value={count(hour.succeeded)} />
          <Line name="Failed" value={count(hour.failed)} />
          <Line name="Success" value={percent((hour.succeeded / made) * 100)} />
          {hour.p95_ms !== null && <Line name="p95" value={duration(hour.p95_ms)} />}
        </>
      )}
    </span>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <span className="flex h-5 items-center justify-between">
      {name} <span className="tabular-nums">{value}</span>
    </span>
  );
}

/** Hours in the reader's zone, which only the browser knows. */
function Axis({ hours }: { hours: Hour[] }) {
  const hydrated = useHydrated();
  return (
    <div aria-hidden="true" className="relative mt-1 h-4 text-faint text-xs tabular-nums">
      {hydrated &&
        hours.map(({ at }, index) =>
          index % MARKS_EVERY === 0 ? (
            <span key={at} className="absolute" style={{ left: `${(index / hours.length) * 100}%` }}>
              {clock.format(Date.parse(at))}
            </span>
          ) : null,
        )}
      {hydrated && <span className="absolute right-0">now</span>}
    </div>
  );
}
