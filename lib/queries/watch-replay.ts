/** A replay's progress as it changes: read by the event stream and by the WebSocket. */

import { setTimeout as wait } from "node:timers/promises";
import { clockOf, type ReplayProgress } from "@/lib/contract/api/merchant-answers";
import { numberInId, printBulkReplayId, printId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { DatabaseUnavailable } from "@/lib/db/client";
import { getReplay } from "@/lib/queries/replays";
import type { Scoped } from "@/lib/scope";

const LOOK_EVERY_MS = 400;

export interface Moment {
  /** The same whenever the replay stands the same: who has seen it need not see it again. */
  id: string;
  progress: ReplayProgress;
  ended: boolean;
}

/** Yields how the replay stands now and whenever that changes, until it ended or `signal` aborts. */
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

/** What `…/replays/{id}/status` answers. */
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

/** The database may be away for a moment: whoever watches has nothing better to do than to wait for it. */
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
