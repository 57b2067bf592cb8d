import { FINDING_KINDS } from "@/lib/contract/reconciliations";
import { Skeleton } from "../ui/skeleton";

/** A run's page while it loads, in its own shape. */
export function RunSkeleton() {
  return (
    <div role="status" aria-label="Loading the run">
      <Skeleton className="h-6 w-72" />
      <Skeleton className="mt-4 h-7 w-96 max-w-full" />
      <Skeleton className="mt-4 h-2 w-full" />
      <div className="mt-10 grid grid-cols-6 gap-2 max-xl:grid-cols-3 max-md:grid-cols-2 xl:mr-67">
        {FINDING_KINDS.map((kind) => (
          <Skeleton key={kind} className="h-16" />
        ))}
      </div>
      <Skeleton className="mt-8 h-4 w-40" />
      <Skeleton className="mt-4 h-64 w-full" />
    </div>
  );
}
