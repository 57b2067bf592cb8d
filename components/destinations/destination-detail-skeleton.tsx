import { Skeleton } from "../ui/skeleton";

const TILES = Array.from({ length: 6 }, (_, tile) => tile);

/** A destination's page while it loads, in its own shape. */
export function DestinationDetailSkeleton() {
  return (
    <div role="status" aria-label="Loading the destination">
      <div className="flex h-8 items-center gap-3">
        <Skeleton className="h-6 w-56" />
        <Skeleton className="h-6 w-24" />
        <Skeleton className="ml-auto h-8 w-72 max-md:hidden" />
      </div>
      <div className="mt-6 grid grid-cols-6 gap-5 max-xl:grid-cols-3 max-md:grid-cols-2">
        {TILES.map((tile) => (
          <Skeleton key={tile} className="h-16" />
        ))}
      </div>
      <div className="mt-8 grid gap-10 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="space-y-8">
          <Skeleton className="h-40 w-full" />
          <Skeleton className="h-64 w-full" />
        </div>
        <Skeleton className="h-80 w-full" />
      </div>
    </div>
  );
}
