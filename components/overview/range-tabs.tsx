import Link from "next/link";
import { RANGES, type Range } from "@/lib/contract/analytics";
import { cn } from "../ui/cn";

/** The time range of the overview, kept in the address. None is selected while the chart is zoomed in. */
export function RangeTabs({ range }: { range: Range | "custom" }) {
  return (
    <nav aria-label="Time range" className="flex shrink-0 rounded-md bg-hover p-0.5">
      {(Object.keys(RANGES) as Range[]).map((one) => (
        <Link
          key={one}
          href={`/?range=${one}`}
          scroll={false}
          aria-current={one === range ? "true" : undefined}
          className={cn(
            "flex h-6 items-center rounded-sm px-2 text-quiet text-sm tabular-nums transition-colors duration-150 hover:text-ink",
            one === range && "bg-raised font-medium text-ink ring-1 ring-line",
          )}
        >
          {one}
        </Link>
      ))}
    </nav>
  );
}
