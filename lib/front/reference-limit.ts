/**
 * Rendering the API reference takes a third of a second and needs no sign-in. It is limited per process, so that it does not
 * delay other requests.
 */
import { processSingleton } from "../process-singleton";

const MOST_AT_ONCE = 10;
const ONE_MORE_EVERY_MS = 2_000;

const state = processSingleton("reference-limit", () => ({ left: MOST_AT_ONCE, at: 0 }));

/** Whether the reference may be rendered now. Counts the request. */
export function mayDrawReference(now = Date.now()): boolean {
  state.left = Math.min(MOST_AT_ONCE, state.left + Math.max(0, now - state.at) / ONE_MORE_EVERY_MS);
  state.at = now;
  if (state.left < 1) return false;
  state.left -= 1;
  return true;
}
