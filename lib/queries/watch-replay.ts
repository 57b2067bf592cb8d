/** A replay's progress as it changes, for the event stream and for the WebSocket. */

import { setTimeout as wait } from "node:timers/promises";
import { clockOf, type ReplayProgress } from "@/lib/contract/api/merchant-answers";
import { numberInId, printBulkReplayId, printId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { DatabaseUnavailable } from "@/lib/db/client";
import { getReplay } from "@/lib/queries/replays";
import type { Scoped } from "@/lib/scope";

const LOOK_EVERY_MS = 400;

export interface Moment {
  /** The same whenever the replay's state is the same: a client that has seen it need not see it again. */
  id: string;
  progress: ReplayProgress;
  ended: boolean;
}

/** Yields the replay's state now and whenever it changes, until it has ended or `signal` aborts. */
export async function* watchReplay(id: string, signal: AbortSignal, asker: Scoped): AsyncGenerator<Moment, void> {
  for (let seen = ""; !signal.aborted; ) {
    const replay = await look(id, asker);
    const moment = replay && momentOf(replay);
    if (moment && moment.id !== seen) {
      seen = moment.id;
      yield moment;
      if (moment.ended) return;
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** The answer of `…/replays/{id}/status`. */
export function progressOf(replay: Replay): ReplayProgress {
  const { succeeded, failed, skipped } = replay;
  const number = numberInId(replay.id);
  const until = replay.completed_at ? Date.parse(replay.completed_at) : Date.now();
  return {
    replayId: printId("replay", number),
    bulkReplayId: printBulkReplayId(number),
    status: replay.status,
    stoppedBecause: replay.stopped_because,
    progress: {
      total: replay.total,
      completed: succeeded + failed + skipped,
      successful: succeeded,
      failed,
      skipped,
      inProgress: replay.in_progress,
    },
    scheduledAt: replay.scheduled_at,
    startedAt: replay.started_at,
    completedAt: replay.completed_at,
    duration: replay.started_at && clockOf((until - Date.parse(replay.started_at)) / 1000),
  };
}

/** Watchers keep waiting while the database is unavailable. */
async function look(id: string, asker: Scoped): Promise<Replay | null> {
  try {
    return await getReplay(id, asker);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return null;
    throw error;
  }
}

function momentOf(replay: Replay): Moment {
  const { status, succeeded, failed, skipped, in_progress } = replay;
  return {
    id: [status, succeeded, failed, skipped, in_progress].join("."),
    progress: progressOf(replay),
    ended: replay.completed_at !== null,
  };
}
