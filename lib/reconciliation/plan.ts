/** Which span a run reads, in which parts. */
import type { NewReconciliation } from "@/lib/db/functions/reconciliation";
import type { ProviderApi } from "@/lib/providers/api";

/** A span is read in this many parts side by side, none shorter than an hour. */
const MOST_PARTS = 8;
const SHORTEST_MS = 60 * 60 * 1000;

export interface Span {
  from: Date;
  to: Date;
}

/** The span without what the provider may still send; undefined when nothing is left of it. */
export function dueSpan({ from, to }: Span, api: ProviderApi, now = Date.now()): Span | undefined {
  const due = new Date(Math.min(to.getTime(), now - api.waitSeconds * 1000));
  return from < due ? { from, to: due } : undefined;
}

/** The windows of a run. Only a log of events can be read in parts without reading more: other lists are walked from one end. */
export function windowsOf({ from, to }: Span, api: ProviderApi): NewReconciliation["windows"] {
  const length = to.getTime() - from.getTime();
  const parts =
    api.coverage.kind === "events" ? Math.min(MOST_PARTS, Math.max(1, Math.floor(length / SHORTEST_MS))) : 1;
  // At whole seconds: many providers know no finer time.
  const edge = (n: number) => {
    if (n === 0) return from;
    return n === parts ? to : new Date(Math.floor((from.getTime() + (length * n) / parts) / 1000) * 1000);
  };
  return Array.from({ length: parts }, (_, n) => ({
    from_ts: edge(n).toISOString(),
    to_ts: edge(n + 1).toISOString(),
  }));
}
