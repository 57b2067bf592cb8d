import { Skeleton } from "../ui/skeleton";

const ROWS = Array.from({ length: 14 }, (_, row) => row);

/** The history while it loads, in its own shape. */
export function HistorySkeleton() {
  return (
    <div role="status" aria-label="Loading events">
      <div className="flex gap-1.5 pb-3">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-7 w-24" />
        <Skeleton className="h-7 w-20 max-md:hidden" />
        <Skeleton className="h-7 w-20 max-md:hidden" />
      </div>
      <div className="h-6">
        <Skeleton className="h-3.5 w-44" />
      </div>
      <div className="mb-7 h-14 border-b" />
      <div className="h-8 border-b" />
      {ROWS.map((row) => (
        <div key={row} className="flex h-9 items-center gap-4 border-b px-3">
          <Skeleton className="h-3.5 w-20" />
          <Skeleton className="h-3.5 w-14" />
          <Skeleton className="h-3.5 w-52 max-md:flex-1" />
          <Skeleton className="ml-auto h-3.5 w-36 max-md:hidden" />
          <Skeleton className="h-3.5 w-44 max-lg:hidden" />
        </div>
      ))}
    </div>
  );
}
