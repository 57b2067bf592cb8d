/** The series of the analytics as equal steps of time without gaps, which is what a chart draws. */
import type { Analytics, OutcomeCounts } from "@/lib/contract/analytics";

export interface Bucket {
  /** Milliseconds. */
  from: number;
  to: number;
  total: OutcomeCounts;
  providers: Record<string, OutcomeCounts>;
}

const NOTHING: OutcomeCounts = {
  received: 0,
  duplicate: 0,
  conflict: 0,
  rejected: 0,
  delivered: 0,
  failed: 0,
  dead: 0,
};

export function bucketsOf({ from, to, bucket_seconds, series }: Analytics): Bucket[] {
  const step = bucket_seconds * 1_000;
  const points = new Map<number, typeof series>();
  for (const point of series) {
    const start = floorTo(Date.parse(point.at), step);
    points.set(start, [...(points.get(start) ?? []), point]);
  }
  const buckets: Bucket[] = [];
  for (let start = floorTo(Date.parse(from), step); start < Date.parse(to); start += step) {
    const bucket: Bucket = { from: start, to: start + step, total: { ...NOTHING }, providers: {} };
    for (const { at: _, provider, ...counts } of points.get(start) ?? []) {
      bucket.providers[provider] = add(bucket.providers[provider] ?? NOTHING, counts);
      bucket.total = add(bucket.total, counts);
    }
    buckets.push(bucket);
  }
  return buckets;
}

/** Percent of finished attempts that delivered; null when none finished. */
export function successRate({ delivered, failed, dead }: OutcomeCounts): number | null {
  const finished = delivered + failed + dead;
  return finished === 0 ? null : (delivered / finished) * 100;
}

function add(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  const names = Object.keys(NOTHING) as (keyof OutcomeCounts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + (b[name] ?? 0)])) as unknown as OutcomeCounts;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
