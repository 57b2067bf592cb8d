import { cn } from "../ui/cn";
import { SeriesLine } from "./series-line";

/** The shape of a series, without numbers: the number is next to it. `scale` keeps small changes of a rate small. */
export function Sparkline({
  values,
  scale,
  className,
}: {
  values: (number | null)[];
  /** The values at the foot and the head; default: the least and the greatest. */
  scale?: readonly [number, number];
  className?: string;
}) {
  const known = values.filter((value) => value !== null);
  const [low, high] = scale ?? [Math.min(...known), Math.max(...known)];
  const scaled = values.map((value) => {
    if (value === null) return null;
    return high === low ? (high === 0 ? 0 : 0.5) : (value - low) / (high - low);
  });
  return (
    <svg
      viewBox="0 -6 100 112"
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cn("overflow-visible", className)}
    >
      <SeriesLine values={scaled} width={1.25} />
    </svg>
  );
}
