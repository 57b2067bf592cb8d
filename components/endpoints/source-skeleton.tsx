import { Skeleton } from "../ui/skeleton";

const DOORS = Array.from({ length: 4 }, (_, door) => door);

/** The sources while they load, in their own shape. */
export function SourceSkeleton() {
  return (
    <div role="status" aria-label="Loading sources" className="max-w-[80rem]">
      <Skeleton className="mb-3 h-4 w-96 max-w-full" />
      <div className="border-t">
        {DOORS.map((door) => (
          <div
            key={door}
            className="grid grid-cols-[19rem_minmax(0,1fr)] gap-x-10 gap-y-3 border-b py-5 max-lg:grid-cols-[minmax(0,1fr)]"
          >
            <div className="space-y-2.5">
              <Skeleton className="h-6 w-36" />
              <Skeleton className="h-4 w-44" />
              <Skeleton className="h-4 w-64 max-w-full" />
            </div>
            <div className="space-y-2.5">
              <Skeleton className="h-8 w-full" />
              <Skeleton className="h-4 w-72 max-w-full" />
              <Skeleton className="h-4 w-56" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
