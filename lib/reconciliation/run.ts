/**
 * The worker of reconciliation: claims windows of runs and reads them side by side, ends runs, closes findings, back-fills,
 * and keeps the schedule. Any number of processes may do so at a time; leases, fences and budgets keep them apart.
 */
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { logError } from "@/lib/log";
import { type Alarm, createAlarm } from "@/lib/pipeline/alarm";
import { repairEndedRuns } from "./repair";
import { resendForEndedRuns } from "./resend";
import { onWakeReconciler } from "./wake";
import { startDueRuns } from "./watches";
import { readWindow } from "./window";

/** Windows that one process reads at a time. */
const MOST_WINDOWS = 8;
const POLL_MS = 1_000;
const TEND_MS = 2_000;
const WATCH_MS = 15_000;
const FORGET_MS = 60_000;
/** Rows of each kind that are deleted in one go. */
const FORGOTTEN_AT_ONCE = 1_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;
/** Findings that are looked at in one go. */
const HEALED_AT_ONCE = 500;
/** The page under way gets this long to end when the process stops. */
const DRAIN_MS = 20_000;

export interface Reconciler {
  /** Whether it reads nothing at the moment. */
  isQuiet(): boolean;
  /** Ends after the pages under way, and gives the windows back. */
  stop(): Promise<void>;
}

/** Starts the loops. While the database is unavailable they wait, and then go on. */
export function startReconciler(name: string): Reconciler {
  const stopping = new AbortController();
  const { signal } = stopping;
  const alarm = createAlarm();
  const tending = createAlarm();
  const reading = new Set<Promise<void>>();
  onWakeReconciler(alarm.ring);

  const claiming = repeat(signal, alarm, async () => {
    const free = MOST_WINDOWS - reading.size;
    if (free === 0) return POLL_MS;
    const claimed = await call("pipeline", "claim_windows", {
      p_worker: name,
      p_limit: free,
      p_lease_seconds: environment().LEASE_SECONDS,
    });
    for (const work of claimed) {
      const done = readWindow(work, signal).finally(() => {
        reading.delete(done);
        alarm.ring();
        // It may have been the last of its run.
        if (reading.size === 0) tending.ring();
      });
      reading.add(done);
    }
    return POLL_MS;
  });
  const watching = createAlarm();
  const forgetting = createAlarm();
  const resending = createAlarm();
  const loops = [
    claiming,
    repeat(signal, tending, async () => {
      await tendRuns();
      return TEND_MS;
    }),
    repeat(signal, watching, async () => {
      if ((await startDueRuns()) > 0) alarm.ring();
      return WATCH_MS;
    }),
    // Apart from the others: it takes as long as the provider's limits make it take.
    repeat(signal, resending, async () => {
      await resendForEndedRuns(signal);
      return WATCH_MS;
    }),
    repeat(signal, forgetting, async () => {
      const deleted = await call("pipeline", "forget_reconciliation", { p_limit: FORGOTTEN_AT_ONCE });
      return deleted >= FORGOTTEN_AT_ONCE ? POLL_MS : FORGET_MS;
    }),
  ];
  return {
    isQuiet: () => reading.size === 0,
    async stop() {
      stopping.abort();
      for (const one of [alarm, tending, watching, forgetting, resending]) one.ring();
      await Promise.all(loops);
      await Promise.race([Promise.all(reading), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
      await call("pipeline", "release_windows", { p_worker: name }).catch((error: unknown) =>
        logError("windows_not_released", error, { worker: name }),
      );
    },
  };
}

/** Ends runs, closes findings, and back-fills what was to be back-filled. */
export async function tendRuns(): Promise<void> {
  await call("pipeline", "advance_reconciliations", {});
  await repairEndedRuns();
  await call("pipeline", "settle_findings", {});
  await call("pipeline", "heal_findings", { p_limit: HEALED_AT_ONCE });
}

/** Repeats `work`, which returns how long to wait before the next time. */
async function repeat(signal: AbortSignal, alarm: Alarm, work: () => Promise<number>): Promise<void> {
  while (!signal.aborted) {
    try {
      await alarm.sleep(await work());
    } catch (error) {
      logError("reconciler_failed", error);
      await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
    }
  }
}
