import { Skeleton } from "../ui/skeleton";

const at = (many: number) => Array.from({ length: many }, (_, index) => index);

/** The KPIs while they load, in their own shape. */
export function KpiSkeleton() {
  return (
    <div role="status" aria-label="Loading KPIs" className="max-w-[90rem]">
      <div className="mb-5 flex justify-between gap-4">
        <Skeleton className="h-5 w-72 max-md:w-40" />
        <Skeleton className="h-8 w-64 max-md:w-32" />
      </div>
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-3">
        {at(3).map((tile) => (
          <div key={tile} className="space-y-2 border-l-2 pl-4">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-7 w-24" />
            <Skeleton className="h-4 w-40" />
          </div>
        ))}
      </div>
      <div className="mt-7 grid gap-x-8 gap-y-5 border-t pt-5 max-md:grid-cols-2 md:grid-cols-3 xl:grid-cols-5">
        {at(5).map((tile) => (
          <Skeleton key={tile} className="h-12 w-32" />
        ))}
      </div>
      <div className="mt-10 border-t">
        {at(8).map((row) => (
          <div key={row} className="flex items-center gap-4 border-b py-2.5">
            <Skeleton className="h-4 w-28" />
            <Skeleton className="ml-auto h-4 w-1/2" />
          </div>
        ))}
      </div>
    </div>
  );
}
