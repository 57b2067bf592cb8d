/**
 * The ceiling of a source: how many events an administrator lets it bring per minute. All processes share it: each takes
 * about a second's worth at a time from the database (take_allowance).
 */
import { call } from "@/lib/db/client";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import type { Source } from "@/lib/providers/provider";

/** The sender must be answered within three seconds, and after this the event still has to be stored. */
const DEADLINE_MS = 500;
const MOST_REMEMBERED = 10_000;

interface Allowance {
  left: number;
  /** By `performance.now()`: before this the database would allow nothing. */
  askAgainAt: number;
}

const allowances = processSingleton("source-ceilings", () => new Map<number, Allowance>());

/** Undefined when so many events of a source may be stored; else how many seconds its sender has to wait. */
export async function overCeiling(source: Source | undefined, events: number): Promise<number | undefined> {
  const ceiling = source?.maxPerMinute;
  if (source === undefined || ceiling === undefined) return undefined;
  const allowance = allowanceOf(source.id);
  if (allowance.left < events && performance.now() >= allowance.askAgainAt) {
    await refill(source.id, allowance, Math.max(events - allowance.left, Math.ceil(ceiling / 60)));
  }
  if (allowance.left >= events) {
    allowance.left -= events;
    return undefined;
  }
  return Math.max(1, Math.ceil((allowance.askAgainAt - performance.now()) / 1000));
}

function allowanceOf(id: number): Allowance {
  const known = allowances.get(id);
  if (known) return known;
  if (allowances.size >= MOST_REMEMBERED) allowances.clear();
  const allowance = { left: 0, askAgainAt: Number.NEGATIVE_INFINITY };
  allowances.set(id, allowance);
  return allowance;
}

async function refill(id: number, allowance: Allowance, wanted: number): Promise<void> {
  try {
    const { granted, wait_ms } = await call(
      "door",
      "take_allowance",
      { p_source_id: id, p_wanted: wanted },
      DEADLINE_MS,
    );
    allowance.left += granted;
    allowance.askAgainAt = performance.now() + wait_ms;
  } catch (error) {
    // An event is worth more than the ceiling; without a database it gets 503 anyway.
    logError("allowance_not_taken", error, { source_id: id });
    allowance.left += wanted;
  }
}
