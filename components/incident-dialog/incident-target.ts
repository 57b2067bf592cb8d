import { RANGES } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { atThisMoment } from "../replay-sheet/replay-target";

/** What an incident is opened about: selected events, all that a filter matches, or what a run of reconciliation found. */
export type IncidentTarget = (
  | { kind: "chosen"; eventIds: string[] }
  | { kind: "matching"; filter: EventFilter }
  | { kind: "run"; reconciliation: string; from_ts: string; to_ts: string }
) & {
  /** When the outage began, where that is known better than the filter says. */
  from?: string;
  /** Texts to begin with; the user may change them. */
  title?: string;
  cause?: string;
};

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The outage, as far as the target says when it was: otherwise the last day. */
export function windowOf(target: IncidentTarget, now: number): { from: string; to: string } {
  const at = (ms: number) => new Date(ms).toISOString();
  const lastDay = { from: at(now - DAY_MS), to: at(now) };
  if (target.from !== undefined) return { from: target.from, to: lastDay.to };
  if (target.kind === "chosen") return lastDay;
  if (target.kind === "run") return { from: target.from_ts, to: target.to_ts };
  const { range, from_ts, to_ts } = target.filter;
  if (range) return { from: at(now - RANGES[range] * MINUTE_MS), to: at(now) };
  return { from: from_ts ?? lastDay.from, to: to_ts ?? lastDay.to };
}

/** As the API takes it. Times are fixed, so that the set is the one on screen. */
export function selectionOf(target: IncidentTarget, now: number) {
  if (target.kind === "run") return { reconciliation_id: target.reconciliation };
  if (target.kind === "chosen") return { selection: { event_ids: target.eventIds } };
  const fixed = atThisMoment({ kind: "matching", filter: target.filter }, now);
  return { selection: { filter: fixed.kind === "matching" ? fixed.filter : target.filter } };
}
