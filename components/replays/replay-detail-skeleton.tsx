import { Skeleton } from "../ui/skeleton";

const TILES = Array.from({ length: 6 }, (_, tile) => tile);

/** A replay's page while it loads, in its own shape. */
export function ReplayDetailSkeleton() {
  return (
    <div role="status" aria-label="Loading the replay">
      <Skeleton className="h-6 w-72" />
      <Skeleton className="mt-4 h-7 w-96 max-w-full" />
      <Skeleton className="mt-4 h-5 w-full" />
      <div className="mt-10 grid gap-2 grid-cols-6 max-xl:grid-cols-3 max-md:grid-cols-2 xl:mr-66">
        {TILES.map((tile) => (
          <Skeleton key={tile} className="h-16" />
        ))}
      </div>
      <Skeleton className="mt-8 h-4 w-40" />
      <Skeleton className="mt-4 h-64 w-full" />
    </div>
  );
}
