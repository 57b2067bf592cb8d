import { Skeleton } from "../ui/skeleton";

const WIDTHS = ["w-3/5", "w-2/5", "w-4/5", "w-1/2", "w-2/3"];

/** Lines of text that are being worked out. */
export function PreviewSkeleton({ lines }: { lines: number }) {
  return (
    <div role="status" aria-label="Preparing the preview" className="space-y-2.5 py-1">
      {WIDTHS.slice(0, lines).map((width) => (
        <Skeleton key={width} className={`h-3.5 ${width}`} />
      ))}
    </div>
  );
}
