import { ITEM_STATES } from "@/lib/contract/incident-words";
import { Skeleton } from "../ui/skeleton";

/** An incident's page while it loads, in its own shape. */
export function IncidentSkeleton() {
  return (
    <div role="status" aria-label="Loading the incident">
      <Skeleton className="h-6 w-40" />
      <Skeleton className="mt-4 h-7 w-96 max-w-full" />
      <Skeleton className="mt-2 h-5 w-72 max-w-full" />
      <Skeleton className="mt-4 h-5 w-full" />
      <div className="mt-2 grid grid-cols-5 gap-2 max-lg:grid-cols-3 max-md:grid-cols-2">
        {ITEM_STATES.map((state) => (
          <Skeleton key={state} className="h-15" />
        ))}
      </div>
      <Skeleton className="mt-4 h-16 w-full" />
      <Skeleton className="mt-8 h-72 w-full xl:w-[calc(100%-19.5rem)]" />
    </div>
  );
}
