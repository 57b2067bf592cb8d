import type { EventHistogram, HistogramBucket, HistogramOutcome } from "@/lib/contract/history";
import { count } from "../format";

/** From the bottom up. What needs somebody lies on top, and is never thinner than a reader sees. */
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

export function sumOf({ buckets }: EventHistogram): HistogramBucket {
  const sum = { at: "", processed: 0, waiting: 0, failing: 0, dead: 0, other: 0 };
  for (const bucket of buckets) for (const { name } of OUTCOMES) sum[name] += bucket[name];
  return sum;
}

/** `1,204 processed, 3 dead`. */
export function outcomeText(bucket: HistogramBucket): string {
  const some = OUTCOMES.filter(({ name }) => bucket[name] > 0);
  return some.map(({ name, label }) => `${count(bucket[name])} ${label.toLowerCase()}`).join(", ") || "no events";
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** How a step's start reads below the bars: as exact as the steps are. */
export function markText(at: string, bucketSeconds: number): string {
  const format = bucketSeconds >= 10_800 ? day : bucketSeconds >= 60 ? minute : second;
  return format.format(new Date(at));
}

/** `22 Nov 05:30 – 06:00`. */
export function spanText(from: string, to: string, bucketSeconds: number): string {
  const exact = bucketSeconds >= 60 ? minute : second;
  const [a, b] = [new Date(from), new Date(to)];
  const sameDay = day.format(a) === day.format(b);
  return `${day.format(a)} ${exact.format(a)} – ${sameDay ? "" : `${day.format(b)} `}${exact.format(b)}`;
}
