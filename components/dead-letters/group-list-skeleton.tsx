import { Skeleton } from "../ui/skeleton";

const GROUPS = Array.from({ length: 4 }, (_, group) => group);

/** The dead letters while they load, in their own shape. */
export function GroupListSkeleton() {
  return (
    <div role="status" aria-label="Loading dead letters">
      <Skeleton className="h-5 w-64" />
      <div className="mt-3 border-t">
        {GROUPS.map((group) => (
          <div key={group} className="flex gap-3 border-b py-4">
            <Skeleton className="mt-1 size-3.5 shrink-0 rounded-full" />
            <div className="flex min-w-0 flex-1 gap-x-8 gap-y-3 max-lg:flex-col">
              <div className="min-w-0 flex-1 space-y-2">
                <Skeleton className="h-4 w-96 max-w-full" />
                <Skeleton className="h-4 w-120 max-w-full" />
                <Skeleton className="h-3.5 w-64 max-w-full" />
                <Skeleton className="h-3.5 w-72 max-w-full" />
              </div>
              <Skeleton className="h-11 w-24" />
              <Skeleton className="h-8 w-64 max-w-full" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
