import type { Analytics, OutcomeCounts } from "@/lib/contract/analytics";
import { count, duration, percent, plural } from "../format";
import { type Bucket, successRate } from "./buckets";
import { type Vital, VitalSign } from "./vital-sign";

/** A due delivery that waits longer than this needs somebody to look at the workers. */
export const WAITING_TOO_LONG_SECONDS = 60;

/** The four numbers that say whether everything is well. */
export function VitalSigns({ analytics, buckets }: { analytics: Analytics; buckets: Bucket[] }) {
  return (
    <dl className="grid gap-y-5 max-lg:grid-cols-2 lg:grid-cols-4">
      {vitals(analytics, buckets).map((vital) => (
        <VitalSign key={vital.name} {...vital} />
      ))}
    </dl>
  );
}

function vitals({ totals, previous, waiting, dead_letters, range }: Analytics, buckets: Bucket[]): Vital[] {
  const each = (pick: keyof OutcomeCounts) => buckets.map(({ total }) => total[pick]);
  const oldest = waiting.oldest_due_seconds;
  return [
    {
      name: "Success rate",
      meaning: "Of the delivery attempts that ended, how many delivered.",
      value: percent(successRate(totals)),
      change: rateChange(successRate(totals), successRate(previous)),
      spark: buckets.map(({ total }) => successRate(total)),
    },
    {
      name: "Oldest waiting delivery",
      meaning: "How long the oldest delivery that is due has waited for a worker.",
      value: oldest === null ? "none" : duration(oldest * 1_000),
      alarming: oldest !== null && oldest > WAITING_TOO_LONG_SECONDS,
      change:
        waiting.count === 0 ? "nothing waits" : `${plural(waiting.count, "delivery", "deliveries")} due or planned`,
    },
    {
      name: "Dead letters",
      meaning: "Deliveries that nobody retries any more. They wait for a person.",
      value: count(dead_letters),
      alarming: dead_letters > 0,
      change: countChange(totals.dead, previous.dead, "new"),
      spark: each("dead"),
      href: "/dead-letters",
    },
    {
      name: "Refused at the door",
      meaning: `Requests refused in the last ${range}: unsigned, wrong signature, stale or malformed.`,
      value: count(totals.rejected),
      change: countChange(totals.rejected, previous.rejected),
      spark: each("rejected"),
    },
  ];
}

function rateChange(now: number | null, before: number | null): string {
  if (now === null) return "no delivery ended";
  if (before === null) return "no data before";
  const points = Math.round((now - before) * 10) / 10;
  if (points === 0) return "as before";
  return `${points > 0 ? "▲" : "▼"} ${Math.abs(points).toFixed(1)} points`;
}

/** `▲ 3 more`; with `what`, `3 new, 1 before`. */
function countChange(now: number, before: number, what?: string): string {
  if (what) return `${count(now)} ${what}, ${count(before)} before`;
  const more = now - before;
  if (more === 0) return "as before";
  return more > 0 ? `▲ ${count(more)} more` : `▼ ${count(-more)} fewer`;
}
