import { Skeleton } from "../ui/skeleton";

/** A list while it loads: the bars above it, and so many rows of equal bars. */
export function ListSkeleton({
  label,
  above,
  rows,
  rowClass,
  bars,
}: {
  label: string;
  /** The classes of the bars above the list: its filter and its buttons. */
  above: readonly string[];
  rows: number;
  /** How high a row is. */
  rowClass: string;
  bars: readonly string[];
}) {
  return (
    <div role="status" aria-label={label}>
      <div className="flex gap-2 pb-3">
        {above.map((bar) => (
          <Skeleton key={bar} className={bar} />
        ))}
      </div>
      <div className="h-8 border-b max-md:hidden" />
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={`flex items-center gap-4 border-b md:px-3 ${rowClass}`}>
          {bars.map((bar) => (
            <Skeleton key={bar} className={bar} />
          ))}
        </div>
      ))}
    </div>
  );
}
