import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "../ui/cn";
import { Sparkline } from "./sparkline";

export interface Vital {
  name: string;
  /** What it counts, in a sentence. */
  meaning: string;
  value: string;
  /** Calm unless it needs a person. */
  alarming?: boolean;
  change: ReactNode;
  spark?: (number | null)[];
  href?: string;
}

/** One number that says how the system is, how it changed, and the shape of it. */
export function VitalSign({ name, meaning, value, alarming, change, spark, href }: Vital) {
  return (
    <div className="group relative border-l px-4 py-1 first:border-l-0 first:pl-0 max-lg:odd:border-l-0 max-lg:odd:pl-0">
      <dt className="text-quiet text-sm" title={meaning}>
        {href ? (
          <Link href={href} className="after:absolute after:inset-0 group-hover:text-ink group-hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </dt>
      <dd>
        <span className={cn("mt-0.5 block font-semibold text-xl tabular-nums tracking-tight", alarming && "text-red")}>
          {value}
        </span>
        <span className="mt-1 flex h-6 items-end justify-between gap-3">
          <span className="truncate text-faint text-sm tabular-nums">{change}</span>
          {spark && <Sparkline values={spark} className="h-6 w-20 shrink-0 text-faint max-sm:w-12" />}
        </span>
      </dd>
    </div>
  );
}
