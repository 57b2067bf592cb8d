import { Skeleton } from "../ui/skeleton";

const ROWS = Array.from({ length: 6 }, (_, row) => row);

/** A list of the settings while it loads, in its own shape. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="flex min-h-9 items-center justify-between gap-3 pb-3">
        <Skeleton className="h-4 w-72 max-md:w-40" />
        <Skeleton className="h-8 w-32" />
      </div>
      <div className="h-8 border-b max-md:hidden" />
      {ROWS.map((row) => (
        <div key={row} className="flex h-14 items-center gap-4 border-b px-3 max-md:px-0">
          <Skeleton className="h-3.5 w-56 max-md:flex-1" />
          <Skeleton className="h-3.5 w-24 max-md:hidden" />
          <Skeleton className="h-3.5 w-24 max-md:hidden" />
          <Skeleton className="ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}
