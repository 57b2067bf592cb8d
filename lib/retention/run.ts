/**
 * The worker of retention: keeps partitions ahead of the events, and deletes what is past its horizon. Any number of
 * processes may run it: one at a time deletes.
 */
import { call, DatabaseError } from "@/lib/db/client";
import { log, logError } from "@/lib/log";
import { createAlarm } from "@/lib/pipeline/alarm";
import { ExportFailed, forgetOnce } from "./forget";
import { ensurePartitions } from "./partitions";

const POLL_MS = 60_000;
/** Longer than a batch takes: another worker goes on after this when the one whose turn it is died. */
const TURN_S = 120;
/** After all was gone over, the next time is an hour later, or 20 times as long as it took. */
const REST_S = 3_600;
const REST_TIMES = 20;
/** What failed is tried again sooner. */
const RETRY_S = 60;

export interface RetentionWorker {
  /** Ends after the batch under way. */
  stop(): Promise<void>;
}

/** Starts the loop. While the database is unavailable it waits, and then goes on. */
export function startRetention(worker: string): RetentionWorker {
  const alarm = createAlarm();
  let stopping = false;
  async function loop(): Promise<void> {
    do {
      try {
        // Without them events are stored all the same: the last partition takes every id.
        await ensurePartitions().catch((error: unknown) => logError("partitions_not_made", error, { worker }));
        await tendRetention(worker, () => !stopping);
      } catch (error) {
        logError("retention_failed", error, { worker });
      }
      if (!stopping) await alarm.sleep(POLL_MS);
    } while (!stopping);
  }
  const looping = loop();
  return {
    async stop() {
      stopping = true;
      alarm.ring();
      await looping;
    },
  };
}

/**
 * Deletes what is past its horizon, if it is this worker's turn. `goOn` is asked between batches. Returns how many rows
 * were deleted; null while it is not, or when something failed, which health and the page of retention then say.
 */
export async function tendRetention(worker: string, goOn: () => boolean = () => true): Promise<number | null> {
  const take = () => call("pipeline", "take_retention_turn", { p_worker: worker, p_seconds: TURN_S });
  const end = (seconds: number, problem: string | null) =>
    call("pipeline", "end_retention_turn", { p_worker: worker, p_rest_seconds: seconds, p_problem: problem });
  if (!(await take())) return null;
  const started = Date.now();
  try {
    const rows = await forgetOnce(async () => goOn() && (await take()));
    const took = (Date.now() - started) / 1000;
    await end(goOn() ? Math.ceil(Math.max(REST_S, REST_TIMES * took)) : 0, null);
    if (rows > 0) log("retention", { worker, rows });
    return rows;
  } catch (error) {
    logError(error instanceof ExportFailed ? "retention_not_exported" : "retention_failed", error, { worker });
    await end(RETRY_S, problemOf(error));
    return null;
  }
}

/** For people. What the database says may have values of rows in it, so only its code is told. */
function problemOf(error: unknown): string {
  if (error instanceof ExportFailed) return `The export failed: ${error.message}`;
  if (error instanceof DatabaseError) return `The database answered with error ${error.code}.`;
  return "An unexpected error. The worker's log has it as retention_failed.";
}
