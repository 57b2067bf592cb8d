/** Pages that strangers may ask for and that cost much to draw: bounded per process, so that they cost nobody else anything. */
import { perProcess } from "../per-process";

const HEAVY = /^\/api-reference(?:\/|$)/;
const MOST_AT_ONCE = 10;
const ONE_MORE_EVERY_MS = 2_000;

const state = perProcess("heavy-pages", () => ({ left: MOST_AT_ONCE, at: 0 }));

/** Whether a page may be drawn now. Counts it. */
export function mayDraw(path: string, now = Date.now()): boolean {
  if (!HEAVY.test(path)) return true;
  state.left = Math.min(MOST_AT_ONCE, state.left + Math.max(0, now - state.at) / ONE_MORE_EVERY_MS);
  state.at = now;
  if (state.left < 1) return false;
  state.left -= 1;
  return true;
}
