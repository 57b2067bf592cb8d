import type { OutcomeCounts } from "@/lib/contract/analytics";
import type { Bucket } from "../charts/buckets";
import { cn } from "../ui/cn";

/** From the bottom up. */
export const OUTCOMES: { name: keyof OutcomeCounts; label: string; colour: string }[] = [
  { name: "delivered", label: "Delivered", colour: "color-mix(in oklab, var(--green) 45%, var(--page))" },
  { name: "failed", label: "Failed, will be retried", colour: "var(--amber)" },
  { name: "dead", label: "Dead", colour: "var(--red)" },
  { name: "rejected", label: "Rejected", colour: "color-mix(in oklab, var(--grey) 60%, var(--page))" },
];

/** How much happened in each step of time, by outcome. */
export function VolumeBars({ buckets, at }: { buckets: Bucket[]; at: number | null }) {
  const tallest = Math.max(1, ...buckets.map(({ total }) => sum(total)));
  return (
    <div aria-hidden="true" className="mt-4 flex h-16 items-end border-b">
      {buckets.map(({ from, total }, index) => (
        <div
          key={from}
          className={cn(
            "flex h-full min-w-0 flex-1 flex-col-reverse px-[0.5px]",
            at !== null && at !== index && "opacity-50",
          )}
        >
          {OUTCOMES.map(({ name, colour }) =>
            total[name] === 0 ? null : (
              <div
                key={name}
                className="min-h-px"
                style={{ height: `${(total[name] / tallest) * 100}%`, background: colour }}
              />
            ),
          )}
        </div>
      ))}
    </div>
  );
}

function sum(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((all, { name }) => all + counts[name], 0);
}
