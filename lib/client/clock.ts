/** One clock for every "2 min ago" on a page, so that a hundred of them need only one timer. */
import { createContext, useContext, useSyncExternalStore } from "react";

const TICK_MS = 1_000;

let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** When the server rendered the page, in milliseconds: the browser's first render must show the same. */
export const DrawnAt = createContext<number | undefined>(undefined);

/** The time in milliseconds, updated every second in the browser. */
export function useNow(): number {
  const drawnAt = useContext(DrawnAt);
  return useSyncExternalStore(
    subscribe,
    () => (timer ? now : wholeSecond()),
    () => drawnAt ?? wholeSecond(),
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    now = wholeSecond();
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

// Rounded, because React reads the snapshot more than once per render and renders again when it differs.
function wholeSecond(): number {
  return Math.floor(Date.now() / TICK_MS) * TICK_MS;
}
