/** Success rates as the chart draws them: a line per provider and the total, on one scale. */
import type { Bucket } from "./buckets";
import type { Series } from "./legend";

/** The possible starts of the scale. The highest one below the worst value is used, so that 99 and 100 can be told apart. */
const FLOORS = [0, 20, 40, 60, 80, 90, 96];

/** The pointer selects a line within this distance, as a share of the chart's height. */
const NEAR = 0.09;

export interface Rates {
  /** Percent at the foot of the chart; 100 is at its head. */
  floor: number;
  total: (number | null)[];
  lines: (Series & { values: (number | null)[] })[];
}

export function ratesOf(buckets: Bucket[], providers: Series[]): Rates {
  const total = buckets.map(({ rate }) => rate);
  const lines = providers.map((series) => ({
    ...series,
    values: buckets.map(({ providers }) => providers[series.slug]?.rate ?? null),
  }));
  const known = [...total, ...lines.flatMap(({ values }) => values)].filter((value) => value !== null);
  return { floor: FLOORS.findLast((one) => one <= Math.min(100, ...known)) ?? 0, total, lines };
}

/** From 0 at the foot to 1 at the head. */
export function heightOf(value: number | null, floor: number): number | null {
  return value === null ? null : (value - floor) / (100 - floor);
}

/** The one provider whose line runs at this height in this step; null where there is none, or more than one. */
export function lineAt({ lines, total, floor }: Rates, step: number, height: number): string | null {
  const away = (value: number | null | undefined) => Math.abs((heightOf(value ?? null, floor) ?? -1) - height);
  const near = lines.filter(({ values }) => away(values[step]) <= NEAR && values[step] !== total[step]);
  return near.length === 1 ? (near[0]?.slug ?? null) : null;
}
