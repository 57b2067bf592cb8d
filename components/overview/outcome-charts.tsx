"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import type { Bucket } from "../charts/buckets";
import { Legend, providersIn } from "../charts/legend";
import { lineAt, ratesOf } from "../charts/rates";
import { TimeAxis } from "../charts/time-axis";
import { historyAddress } from "../links";
import { BucketReading } from "./bucket-reading";
import { BucketTable } from "./bucket-table";
import { isoOf, zoomAddress } from "./period";
import { RateLines } from "./rate-lines";
import { VolumeBars } from "./volume-bars";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
const LINES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };
/** A pointer that moved further, in pixels, draws a time range and does not click. */
const CLICK_PX = 6;
/** The height of the lines, as in rate-lines.tsx; the volume stands below them. */
const LINES_PX = 208;

/**
 * Success rate above volume, read together: one pointer, one crosshair. A click opens the history of that time, of the line
 * under the pointer or of the chosen provider; drawing over a part zooms into it. The keyboard does the same.
 */
export function OutcomeCharts({ buckets }: { buckets: Bucket[] }) {
  const router = useRouter();
  const [at, setAt] = useState<number | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);
  /** Where the drawn part began: a step, and for the pointer also a place. */
  const [anchor, setAnchor] = useState<number | null>(null);
  const pressed = useRef<{ x: number; step: number } | null>(null);
  const providers = useMemo(() => providersIn(buckets), [buckets]);
  const rates = useMemo(() => ratesOf(buckets, providers), [buckets, providers]);
  const last = buckets.length - 1;
  const inside = (step: number) => Math.max(0, Math.min(last, step));
  const bucket = at === null ? undefined : buckets[at];
  const single = pinned ?? pointed;

  function placeOf({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) {
    const box = currentTarget.getBoundingClientRect();
    const step = inside(Math.floor(((clientX - box.left) / box.width) * buckets.length));
    return { step, line: lineAt(rates, step, 1 - (clientY - box.top) / LINES_PX) };
  }
  function move(event: PointerEvent<HTMLElement>) {
    const { step, line } = placeOf(event);
    setAt(step);
    setPointed(line);
    const start = pressed.current;
    if (start && Math.abs(event.clientX - start.x) > CLICK_PX) setAnchor(start.step);
  }
  function press(event: PointerEvent<HTMLElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pressed.current = { x: event.clientX, step: placeOf(event).step };
  }
  function release(event: PointerEvent<HTMLElement>) {
    if (!pressed.current) return;
    pressed.current = null;
    const { step } = placeOf(event);
    open(anchor ?? step, step, pinned ?? placeOf(event).line);
  }
  /** The history of one step, a closer look at several. */
  function open(one: number, other: number, provider: string | null) {
    const from = buckets[Math.min(one, other)]?.from;
    const to = buckets[Math.max(one, other)]?.to;
    leave();
    if (from === undefined || to === undefined) return;
    const closer = one === other ? null : zoomAddress(from, to);
    if (closer) return router.push(closer, { scroll: false });
    const provider_slug = provider === null ? undefined : [provider];
    router.push(historyAddress({ provider_slug, from_ts: isoOf(from), to_ts: isoOf(to) }));
  }
  function leave() {
    pressed.current = null;
    setAt(null);
    setPointed(null);
    setAnchor(null);
  }
  function type(event: KeyboardEvent) {
    const { key, shiftKey } = event;
    if (key === "Enter" && at !== null) open(anchor ?? at, at, single);
    else if (key === "Escape" && at !== null) leave();
    else if (STEPS[key] !== undefined) {
      const next = inside((at ?? (STEPS[key] < 0 ? last + 1 : -1)) + STEPS[key]);
      setAnchor(shiftKey ? (anchor ?? at ?? next) : null);
      setAt(next);
    } else if (LINES[key] !== undefined) {
      const slugs = [null, ...providers.map(({ slug }) => slug)];
      const next = (slugs.indexOf(pinned) + LINES[key] + slugs.length) % slugs.length;
      setPinned(slugs[next] ?? null);
    } else return;
    event.preventDefault();
  }

  const drawn = anchor !== null && at !== null && anchor !== at;
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
          onPointerMove={move}
          onPointerDown={press}
          onPointerUp={release}
          onPointerLeave={leave}
          onPointerCancel={leave}
          onBlur={leave}
          onKeyDown={type}
        >
          <span className="sr-only">
            Use the arrow keys to read the chart: left and right for the time, up and down for the provider. Enter opens
            the history at that time. Shift and an arrow key select a range to zoom into.
          </span>
          <span aria-hidden="true" className="contents">
            <RateLines rates={rates} single={single} />
            <VolumeBars buckets={buckets} at={at} />
            {drawn && <Drawn from={Math.min(anchor, at)} to={Math.max(anchor, at) + 1} steps={buckets.length} />}
          </span>
        </button>
        <div aria-live="polite" className="pointer-events-none absolute top-0 right-0 bottom-5 left-10">
          {bucket && at !== null && (
            <BucketReading
              bucket={bucket}
              providers={providers}
              single={single}
              position={(at + 0.5) / buckets.length}
              action={actionText(drawn, single)}
            />
          )}
        </div>
        <TimeAxis buckets={buckets} />
      </div>
      <BucketTable buckets={buckets} />
    </section>
  );
}

/** The part of the time that would be zoomed into. */
function Drawn({ from, to, steps }: { from: number; to: number; steps: number }) {
  return (
    <span
      className="absolute inset-y-0 border-accent border-x bg-accent/10"
      style={{ left: `${(from / steps) * 100}%`, width: `${((to - from) / steps) * 100}%` }}
    />
  );
}

function actionText(drawn: boolean, provider: string | null): { verb: string; provider: string | null } {
  return drawn ? { verb: "Release to zoom", provider: null } : { verb: "Click to show events", provider };
}
