import { Skeleton } from "../ui/skeleton";

const ROWS = Array.from({ length: 8 }, (_, row) => row);

/** The list of replays while it loads, in its own shape. */
export function ReplayListSkeleton() {
  return (
    <div role="status" aria-label="Loading replays">
      <div className="flex gap-1.5 pb-3">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-7 w-24" />
      </div>
      <div className="h-8 border-b" />
      {ROWS.map((row) => (
        <div key={row} className="flex h-11 items-center gap-4 border-b px-3">
          <Skeleton className="h-3.5 w-20" />
          <Skeleton className="h-3.5 w-64 max-md:flex-1" />
          <Skeleton className="h-3.5 w-48 max-lg:hidden" />
          <Skeleton className="ml-auto h-2 w-40 max-md:hidden" />
          <Skeleton className="h-3.5 w-14" />
        </div>
      ))}
    </div>
  );
}
