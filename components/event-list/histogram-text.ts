import type { HistogramBucket, HistogramOutcome } from "@/lib/contract/history";
import { count, exactClock, shortClock, shortDay } from "../format";

/** From the bottom up. What needs attention is on top, and never too thin to see. */
export const OUTCOMES: { name: HistogramOutcome; label: string; fill: string; least: number }[] = [
  { name: "processed", label: "Processed", fill: "color-mix(in oklab, var(--green) 45%, var(--page))", least: 1 },
  { name: "other", label: "Resolved or ignored", fill: "color-mix(in oklab, var(--grey) 50%, var(--page))", least: 1 },
  { name: "waiting", label: "Waiting", fill: "var(--blue)", least: 2 },
  { name: "failing", label: "Failing", fill: "var(--amber)", least: 3 },
  { name: "dead", label: "Dead", fill: "url(#dead-hatch)", least: 3 },
];

export function totalOf(bucket: HistogramBucket): number {
  return OUTCOMES.reduce((sum, { name }) => sum + bucket[name], 0);
}

export function sumOf(buckets: readonly HistogramBucket[]): HistogramBucket {
  const sum = { at: "", processed: 0, waiting: 0, failing: 0, dead: 0, other: 0 };
  for (const bucket of buckets) for (const { name } of OUTCOMES) sum[name] += bucket[name];
  return sum;
}

/** `1,204 processed, 3 dead`. */
export function outcomeText(bucket: HistogramBucket): string {
  const some = OUTCOMES.filter(({ name }) => bucket[name] > 0);
  return some.map(({ name, label }) => `${count(bucket[name])} ${label.toLowerCase()}`).join(", ") || "no events";
}

/** The start of a step as a label below the bars: as exact as the steps are. */
export function markFormat(bucketSeconds: number): (at: number) => string {
  return bucketSeconds >= 10_800 ? shortDay : clockFor(bucketSeconds);
}

/** `22 Nov 05:30 – 06:00`. */
export function spanText(from: string, to: string, bucketSeconds: number): string {
  const clock = clockFor(bucketSeconds);
  const [a, b] = [Date.parse(from), Date.parse(to)] as const;
  const sameDay = shortDay(a) === shortDay(b);
  return `${shortDay(a)} ${clock(a)} – ${sameDay ? "" : `${shortDay(b)} `}${clock(b)}`;
}

function clockFor(bucketSeconds: number): (at: number) => string {
  return bucketSeconds >= 60 ? shortClock : exactClock;
}
