/**
 * How many replays a lane of the worker may claim, and when: at most half of the slots, and in bursts while live deliveries
 * run.
 */
import type { Work } from "./claim";

/**
 * While live deliveries run, replays are claimed in bursts this far apart. A burst keeps a small machine busy for some 40
 * ms; without the gaps live deliveries would have to queue behind it. Without live traffic there is no gap.
 */
const REPLAY_GAP_MS = 150;
const LIVE_FLOWS_FOR_MS = 1_000;

/**
 * Shared by both lanes of a worker, because they run on one processor. `liveAt` is when the newest live delivery was
 * claimed.
 */
export interface ReplayFlow {
  liveAt: number;
}

export function createReplayLane(concurrency: number, flow: ReplayFlow) {
  const most = Math.ceil(concurrency / 2);
  let inFlight = 0;
  let claimedAt = 0;
  return {
    /** Slots for the next claim; when there are none, how many milliseconds until there may be some. */
    next(): { slots: number; gapMs: number } {
      const now = Date.now();
      const gapMs = now - flow.liveAt < LIVE_FLOWS_FOR_MS ? Math.max(0, claimedAt + REPLAY_GAP_MS - now) : 0;
      return { slots: gapMs > 0 ? 0 : Math.max(0, most - inFlight), gapMs };
    },
    claimed(work: Work[]): void {
      const replays = work.filter((item) => item.replay_id !== null).length;
      inFlight += replays;
      if (replays > 0) claimedAt = Date.now();
      if (replays < work.length) flow.liveAt = Date.now();
    },
    ended(work: Work): void {
      if (work.replay_id !== null) inFlight -= 1;
    },
  };
}
