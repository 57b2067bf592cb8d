import type { HistogramBucket } from "@/lib/contract/history";
import { count } from "../format";
import { cn } from "../ui/cn";
import { OUTCOMES, sumOf } from "./histogram-text";

/** What one step holds, or several together. `position` is 0 at the left edge, 1 at the right. */
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
  const sum = sumOf({ buckets } as Parameters<typeof sumOf>[0]);
  const some = OUTCOMES.filter(({ name }) => sum[name] > 0);
  return (
    <div
      className={cn(
        "absolute top-full z-20 mt-1 w-52 rounded-md border bg-raised p-2.5 text-sm shadow-float",
        position > 0.5 && "-translate-x-full",
      )}
      style={{ left: `${position * 100}%` }}
    >
      <p className="text-quiet tabular-nums">{words}</p>
      {unknown ? (
        <p className="mt-1 text-faint">Not counted: there are too many newer events.</p>
      ) : (
        some.length === 0 && <p className="mt-1 text-faint">No events</p>
      )}
      {some.toReversed().map(({ name, label, fill }) => (
        <p key={name} className="mt-1 flex items-center gap-2">
          <svg aria-hidden="true" className="size-2.5 rounded-[2px]">
            <rect width="100%" height="100%" fill={fill} />
          </svg>
          <span className="flex-1">{label}</span>
          <span className="tabular-nums">{count(sum[name])}</span>
        </p>
      ))}
    </div>
  );
}
