import { heightOf, type Rates } from "../charts/rates";
import { SeriesLine } from "../charts/series-line";

/** Success rate over time: a thin line per provider, the total bold above them. */
export function RateLines({
  rates: { floor, total, lines },
  single,
}: {
  rates: Rates;
  /** The one provider to show, if any. */
  single: string | null;
}) {
  const scale = (value: number | null) => heightOf(value, floor);
  const nothing = [total, ...lines.map(({ values }) => values)].every((values) => values.every((one) => one === null));
  return (
    <div className="relative h-52">
      {[100, (100 + floor) / 2, floor].map((mark) => (
        <div key={mark} className="absolute inset-x-0 border-t" style={{ top: `${(1 - (scale(mark) ?? 0)) * 100}%` }}>
          <span className="absolute -top-2 right-full pr-2 text-faint text-xs tabular-nums">{mark}%</span>
        </div>
      ))}
      {nothing && (
        <p className="absolute inset-0 grid place-items-center text-faint">No event of this period has finished.</p>
      )}
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        className="absolute inset-0 size-full overflow-visible"
        style={inset(total.length)}
      >
        {lines.map(({ slug, colour, values }) => (
          <SeriesLine
            key={slug}
            values={values.map(scale)}
            colour={colour}
            width={single === slug ? 2.25 : 1.5}
            faint={single !== null && single !== slug}
          />
        ))}
        <SeriesLine values={total.map(scale)} colour="var(--ink)" width={2.25} faint={single !== null} />
      </svg>
    </div>
  );
}

/** Lines run between the middles of the first and the last bucket, above the volume bars. */
function inset(steps: number) {
  const half = 50 / Math.max(1, steps);
  return { left: `${half}%`, width: `${100 - 2 * half}%` };
}
