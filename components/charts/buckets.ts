/** The series of the analytics as equal steps of time without gaps, which is what a chart draws. */
import type { Analytics, OutcomeCounts } from "@/lib/contract/analytics";

export interface Bucket {
  /** Milliseconds. */
  from: number;
  to: number;
  total: OutcomeCounts;
  /** Percent of its finished events that ended well; null where none is finished. */
  rate: number | null;
  providers: Record<string, OutcomeCounts & { rate: number | null }>;
}

const NOTHING: OutcomeCounts = {
  received: 0,
  duplicate: 0,
  conflict: 0,
  rejected: 0,
  delivered: 0,
  failed: 0,
  dead: 0,
  succeeded: 0,
  lost: 0,
};

export function bucketsOf({ from, to, bucket_seconds, series, rates }: Analytics): Bucket[] {
  const step = bucket_seconds * 1_000;
  const points = new Map<number, typeof series>();
  for (const point of series) {
    const start = floorTo(Date.parse(point.at), step);
    points.set(start, [...(points.get(start) ?? []), point]);
  }
  const rateAt = new Map(rates.map(({ at, success_rate }) => [floorTo(Date.parse(at), step), success_rate]));
  const buckets: Bucket[] = [];
  for (let start = floorTo(Date.parse(from), step); start < Date.parse(to); start += step) {
    const rate = rateAt.get(start) ?? null;
    const bucket: Bucket = { from: start, to: start + step, total: { ...NOTHING }, rate, providers: {} };
    for (const { at: _, provider, success_rate, ...counts } of points.get(start) ?? []) {
      bucket.providers[provider] = { ...counts, rate: success_rate };
      bucket.total = add(bucket.total, counts);
    }
    buckets.push(bucket);
  }
  return buckets;
}

function add(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  const names = Object.keys(NOTHING) as (keyof OutcomeCounts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + (b[name] ?? 0)])) as unknown as OutcomeCounts;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
