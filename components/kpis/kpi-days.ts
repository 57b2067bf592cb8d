/** The days of a period of KPIs. */
import type { Kpis } from "@/lib/contract/kpi-targets";

/** `Mon, 30 Nov`. Days are those of UTC, so no zone moves them. */
export function dayText(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

/** The first and the last day, in UTC. The last day of a period that ends at midnight is the day before. */
export function daysOf({ from, to }: Pick<Kpis, "from" | "to">): [first: string, last: string] {
  return [from.slice(0, 10), new Date(Date.parse(to) - 1).toISOString().slice(0, 10)];
}

const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
