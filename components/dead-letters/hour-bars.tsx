import { count } from "../format";
import { cn } from "../ui/cn";

const FOOT = 3;

/** How many died in each of the last 24 hours: the shape, with the numbers in words for those who cannot see it. */
export function HourBars({ hours }: { hours: number[] }) {
  const most = Math.max(1, ...hours);
  const total = hours.reduce((sum, hour) => sum + hour, 0);
  const words = `${count(total)} in the last 24 hours, ${count(hours.at(-1) ?? 0)} in this one`;
  return (
    <figure className={cn("shrink-0", total === 0 && "max-lg:hidden")} title={words}>
      <svg viewBox="0 0 96 28" className="h-7 w-24 text-red" role="img" aria-label={words}>
        {hours.map((value, hour) => {
          const height = value === 0 ? 1 : FOOT + (value / most) * (28 - FOOT);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: an hour has no other name than its place
              key={hour}
              x={hour * 4}
              y={28 - height}
              width={3}
              height={height}
              className={value === 0 ? "fill-line-strong" : "fill-current"}
            />
          );
        })}
      </svg>
      <figcaption className="text-faint text-xs">{total === 0 ? "none in 24 h" : "last 24 h"}</figcaption>
    </figure>
  );
}
