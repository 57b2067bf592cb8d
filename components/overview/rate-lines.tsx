import { type Bucket, successRate } from "./buckets";
import type { Series } from "./legend";
import { SeriesLine } from "./series-line";

/** Where the scale may start: as high as the worst value allows, so that 99 and 100 can be told apart. */
const FLOORS = [0, 20, 40, 60, 80, 90, 96];

/** Success rate over time: a thin line per provider, the total bold above them. */
export function RateLines({
  buckets,
  providers,
  single,
}: {
  buckets: Bucket[];
  providers: Series[];
  /** The one provider to look at, if any. */
  single: string | null;
}) {
  const rates = providers.map((series) => ({
    ...series,
    values: buckets.map((bucket) => {
      const counts = bucket.providers[series.slug];
      return counts ? successRate(counts) : null;
    }),
  }));
  const total = buckets.map((bucket) => successRate(bucket.total));
  const known = [...total, ...rates.flatMap(({ values }) => values)].filter((value) => value !== null);
  const worst = Math.min(100, ...known);
  const floor = FLOORS.findLast((one) => one <= worst) ?? 0;
  const scale = (value: number | null) => (value === null ? null : (value - floor) / (100 - floor));
  const marks = [100, (100 + floor) / 2, floor];
  return (
    <div className="relative h-52">
      {marks.map((mark) => (
        <div key={mark} className="absolute inset-x-0 border-t" style={{ top: `${(1 - (scale(mark) ?? 0)) * 100}%` }}>
          <span className="absolute -top-2 right-full pr-2 text-faint text-xs tabular-nums">{mark}%</span>
        </div>
      ))}
      {known.length === 0 && (
        <p className="absolute inset-0 grid place-items-center text-faint">No delivery ended in this time.</p>
      )}
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        className="absolute inset-0 size-full overflow-visible"
        style={inset(buckets.length)}
      >
        {rates.map(({ slug, colour, values }) => (
          <SeriesLine
            key={slug}
            values={values.map(scale)}
            colour={colour}
            width={1.5}
            faint={single !== null && single !== slug}
          />
        ))}
        <SeriesLine values={total.map(scale)} colour="var(--ink)" width={2.25} faint={single !== null} />
      </svg>
    </div>
  );
}

/** Lines run between the middles of the first and the last bucket, above the bars of the volume. */
function inset(steps: number) {
  const half = 50 / Math.max(1, steps);
  return { left: `${half}%`, width: `${100 - 2 * half}%` };
}
