import { Skeleton } from "../ui/skeleton";

/** An alert's page while it loads, in its own shape. */
export function AlertSkeleton() {
  return (
    <div role="status" aria-label="Loading the alert">
      <Skeleton className="h-6 w-48" />
      <Skeleton className="mt-4 h-7 w-96 max-w-full" />
      <Skeleton className="mt-2 h-5 w-[36rem] max-w-full" />
      <Skeleton className="mt-3 h-8 w-32" />
      <Skeleton className="mt-8 h-48 w-full xl:w-[calc(100%-19.5rem)]" />
    </div>
  );
}
