import type { Selection } from "@/lib/client/replays";
import { RANGES } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";

/**
 * What to replay: the selected events, all that a filter matches, or what findings of a run of reconciliation miss, which is
 * stored first.
 */
export type ReplayTarget =
  | { kind: "chosen"; eventIds: string[] }
  | { kind: "matching"; filter: EventFilter }
  | { kind: "findings"; reconciliation: string; findingIds: string[] | "all" };

const MINUTE_MS = 60_000;

/**
 * The filter with fixed times. A range that moves with the clock, or an open end, would match other events a minute later;
 * a preview must not.
 */
export function atThisMoment(target: ReplayTarget, now = Date.now()): ReplayTarget {
  if (target.kind !== "matching") return target;
  const { range, ...filter } = target.filter;
  return {
    kind: "matching",
    filter: {
      ...filter,
      ...(range && { from_ts: new Date(now - RANGES[range] * MINUTE_MS).toISOString() }),
      to_ts: filter.to_ts ?? new Date(now).toISOString(),
    },
  };
}

/** As the API takes it. `limit` takes the oldest so many. */
export function selectionOf(target: ReplayTarget, limit?: number): Selection {
  if (target.kind === "chosen") return { event_ids: target.eventIds };
  if (target.kind === "findings") {
    const { reconciliation, findingIds } = target;
    return { reconciliation, ...(findingIds === "all" ? { all: true } : { finding_ids: findingIds }) };
  }
  return { filter: target.filter, ...(limit && { limit }) };
}

/** How many things were chosen one by one; null for all that match. */
export function chosenIn(target: ReplayTarget): number | null {
  if (target.kind === "chosen") return target.eventIds.length;
  return target.kind === "findings" && target.findingIds !== "all" ? target.findingIds.length : null;
}
