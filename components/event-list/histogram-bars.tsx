import type { EventHistogram } from "@/lib/contract/history";
import { barOf, leftOf, spanOf } from "../charts/scale";
import type { StepRange } from "../charts/use-bucket-cursor";
import { OUTCOMES, totalOf } from "./histogram-text";

const HEIGHT = 56;
/** Of the step of one bar. */
const GAP = 0.16;

/** The bars alone, in the available width. Until there is data, only the base line. */
export function HistogramBars({
  data,
  range,
  isDrawing,
}: {
  data: EventHistogram | undefined;
  /** The steps that are read, or being drawn over. */
  range: StepRange | null;
  isDrawing: boolean;
}) {
  const buckets = data?.buckets ?? [];
  const tallest = Math.max(1, ...buckets.map(totalOf));
  const of = buckets.length;
  const unknown = data?.counted_from ? buckets.filter(({ at }) => at < String(data.counted_from)).length - 1 : 0;
  return (
    <svg aria-hidden="true" className="block h-14 w-full border-b">
      <defs>
        <pattern id="dead-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(25)">
          <rect width="5" height="5" fill="color-mix(in oklab, var(--red) 40%, var(--page))" />
          <rect width="3" height="5" fill="var(--red)" />
        </pattern>
        <pattern id="unknown-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="1" height="8" fill="var(--line-strong)" />
        </pattern>
      </defs>
      {unknown > 0 && <rect width={leftOf(unknown, of)} height={HEIGHT} fill="url(#unknown-hatch)" />}
      {range && (
        <rect
          {...spanOf(range, of)}
          height={HEIGHT}
          fill={`color-mix(in oklab, var(--accent) ${isDrawing ? 18 : 9}%, transparent)`}
        />
      )}
      {buckets.map((bucket, index) => {
        let top = HEIGHT;
        return (
          <g key={bucket.at}>
            {OUTCOMES.filter(({ name }) => bucket[name] > 0).map(({ name, fill, least }) => {
              const height = Math.min(top, Math.max(least, (bucket[name] / tallest) * (HEIGHT - 6)));
              top -= height;
              return <rect key={name} {...barOf(index, of, GAP)} y={top} height={height} fill={fill} />;
            })}
          </g>
        );
      })}
    </svg>
  );
}
