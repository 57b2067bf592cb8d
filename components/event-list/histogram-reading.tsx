import type { HistogramBucket } from "@/lib/contract/history";
import { ColourKey } from "../charts/colour-key";
import { ReadingBox, ReadingLine } from "../charts/reading-box";
import { count } from "../format";
import { OUTCOMES, sumOf } from "./histogram-text";

/** The counts of one step, or of several together. `position` is 0 at the left edge, 1 at the right. */
export function HistogramReading({
  buckets,
  words,
  position,
  unknown,
}: {
  buckets: HistogramBucket[];
  words: string;
  position: number;
  unknown: boolean;
}) {
  const sum = sumOf(buckets);
  const some = OUTCOMES.filter(({ name }) => sum[name] > 0);
  return (
    <ReadingBox position={position} className="top-full z-20 mt-1 w-52">
      <span className="block text-quiet tabular-nums">{words}</span>
      {unknown ? (
        <span className="mt-1 block text-faint">Not counted: there are too many newer events.</span>
      ) : (
        some.length === 0 && <span className="mt-1 block text-faint">No events</span>
      )}
      {some.toReversed().map(({ name, label, fill }) => (
        <span key={name} className="mt-1 block">
          <ReadingLine swatch={<ColourKey fill={fill} />} name={label} value={count(sum[name])} />
        </span>
      ))}
    </ReadingBox>
  );
}
