/** One small store that says whether what is on screen is current. The page's poller writes it, the top line reads it. */
import { useSyncExternalStore } from "react";

export type LiveState = "live" | "reconnecting" | "paused" | "signed_out";

let current: LiveState = "live";
const listeners = new Set<() => void>();

export function reportLive(next: LiveState): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
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
