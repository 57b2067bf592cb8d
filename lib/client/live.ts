/** One small store that says whether what is on screen is current. The page's query writes it, the top line reads it. */
import { useSyncExternalStore } from "react";

export type LiveState = "live" | "reconnecting" | "paused" | "signed_out";

let current: LiveState = "live";
const listeners = new Set<() => void>();

export function reportLive(next: LiveState): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

/** The page that reported is gone: the next one has not said anything yet. */
export function forgetLive(): void {
  reportLive("live");
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    subscribe,
    () => current,
    () => "live",
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
