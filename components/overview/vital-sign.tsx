import Link from "next/link";
import type { ReactNode } from "react";
import { Sparkline } from "../charts/sparkline";
import { cn } from "../ui/cn";

export interface Vital {
  name: string;
  /** What it counts, in a sentence. */
  meaning: string;
  value: string;
  /** True when it needs attention. */
  alarming?: boolean;
  change: ReactNode;
  spark?: (number | null)[];
  href?: string;
}

/** One figure of the system's state, how it changed, and its sparkline. A quiet one is in the second row. */
export function VitalSign({ name, meaning, value, alarming, change, spark, href, quiet }: Vital & { quiet?: boolean }) {
  return (
    <div
      className={cn(
        "group relative min-w-0 border-l px-4 py-1 max-lg:odd:border-l-0 max-lg:odd:pl-0",
        quiet
          ? "lg:max-xl:nth-[4n+1]:border-l-0 lg:max-xl:nth-[4n+1]:pl-0 xl:nth-[7n+1]:border-l-0 xl:nth-[7n+1]:pl-0"
          : "lg:nth-[4n+1]:border-l-0 lg:nth-[4n+1]:pl-0",
      )}
    >
      <dt className="text-quiet text-sm" title={meaning}>
        {href ? (
          <Link
            href={href}
            prefetch={false}
            className="after:absolute after:inset-0 group-hover:text-ink group-hover:underline"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </dt>
      <dd>
        <span
          className={cn(
            "mt-0.5 block font-semibold tabular-nums tracking-tight",
            quiet ? "text-base" : "text-xl",
            alarming && "text-red",
          )}
        >
          {value}
        </span>
        <span className={cn("flex items-end justify-between gap-3", quiet ? "min-h-5" : "mt-1 h-6")}>
          <span
            className={cn(
              "text-faint text-sm tabular-nums",
              quiet ? "text-pretty" : "truncate",
              "min-w-0 [overflow-wrap:anywhere]",
            )}
          >
            {change}
          </span>
          {spark && <Sparkline values={spark} className="h-6 w-20 shrink-0 text-faint max-sm:w-12" />}
        </span>
      </dd>
    </div>
  );
}
