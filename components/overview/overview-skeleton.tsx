import { Skeleton } from "../ui/skeleton";

/** The overview while it loads, in its own shape. */
export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading the overview" className="max-w-[90rem]">
      <div className="mb-4 flex h-7 justify-between">
        <Skeleton className="h-4 w-44" />
        <Skeleton className="h-7 w-52" />
      </div>
      <div className="grid gap-5 max-lg:grid-cols-2 lg:grid-cols-4">
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} className="h-20" />
        ))}
      </div>
      <Skeleton className="mt-9 h-80" />
      <div className="mt-10 grid gap-12 lg:grid-cols-2">
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
      </div>
    </div>
  );
}
