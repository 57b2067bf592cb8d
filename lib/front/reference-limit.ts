/** The API reference costs strangers nothing and us a third of a second: bounded per process, so that nobody else waits for it. */
import { processSingleton } from "../process-singleton";

const MOST_AT_ONCE = 10;
const ONE_MORE_EVERY_MS = 2_000;

const state = processSingleton("reference-limit", () => ({ left: MOST_AT_ONCE, at: 0 }));

/** Whether it may be drawn now. Counts it. */
export function mayDrawReference(now = Date.now()): boolean {
  state.left = Math.min(MOST_AT_ONCE, state.left + Math.max(0, now - state.at) / ONE_MORE_EVERY_MS);
  state.at = now;
  if (state.left < 1) return false;
  state.left -= 1;
  return true;
}
