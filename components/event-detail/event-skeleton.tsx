import { Skeleton } from "../ui/skeleton";

const LINES = ["w-64", "w-48", "w-80", "w-56", "w-72", "w-40", "w-60", "w-52"];

/** The event page while it loads, in its own shape. */
export function EventSkeleton() {
  return (
    <div role="status" aria-label="Loading the event">
      <div className="mb-2 flex h-7 items-center gap-1.5">
        <Skeleton className="h-4 w-28" />
        <Skeleton className="ml-auto h-7 w-18" />
        <Skeleton className="h-7 w-18" />
      </div>
      <div className="flex h-8 items-center gap-3">
        <Skeleton className="h-6 w-72" />
        <Skeleton className="h-6 w-24" />
        <Skeleton className="ml-auto h-8 w-32 max-md:hidden" />
      </div>
      <div className="mt-3 flex flex-wrap gap-8">
        {["w-20", "w-48", "w-52", "w-32"].map((width) => (
          <Skeleton key={width} className={`h-9 ${width}`} />
        ))}
      </div>
      <div className="mt-6 grid gap-10 xl:grid-cols-[minmax(26rem,5fr)_minmax(0,6fr)]">
        {["timeline", "inspector"].map((part) => (
          <div key={part} className="space-y-3 border-t pt-4">
            {LINES.map((width) => (
              <Skeleton key={width} className={`h-4 max-w-full ${width}`} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
