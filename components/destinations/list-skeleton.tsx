import { Skeleton } from "../ui/skeleton";

const ROWS = Array.from({ length: 8 }, (_, row) => row);

/** The list of destinations while it loads, in its own shape. */
export function DestinationListSkeleton() {
  return (
    <div role="status" aria-label="Loading destinations">
      <div className="flex gap-2.5 pb-3">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-8 w-24" />
        <Skeleton className="ml-auto h-8 w-36 max-md:hidden" />
      </div>
      <div className="h-8 border-b max-md:hidden" />
      {ROWS.map((row) => (
        <div key={row} className="flex h-13 items-center gap-4 border-b md:px-1">
          <Skeleton className="h-3.5 w-24 max-md:order-last" />
          <div className="flex-1 space-y-1.5">
            <Skeleton className="h-3.5 w-40" />
            <Skeleton className="h-3 w-56 max-w-full" />
          </div>
          <Skeleton className="h-3.5 w-14 max-md:hidden" />
          <Skeleton className="h-3.5 w-12 max-md:hidden" />
          <Skeleton className="h-5 w-28 max-lg:hidden" />
          <Skeleton className="h-3.5 w-32 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
