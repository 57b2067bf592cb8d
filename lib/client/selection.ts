/** The events somebody has ticked. Lives beside the pages of one filtered history, and ends with the filter. */
import { useSyncExternalStore } from "react";

interface Selection {
  /** The address of the history without its page. */
  scope: string;
  ids: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

let current: Selection = { scope: "", ids: NONE };
const listeners = new Set<() => void>();

/** The ids that are ticked in a history. */
export function useSelection(scope: string): ReadonlySet<string> {
  return useSyncExternalStore(
    subscribe,
    () => (current.scope === scope ? current.ids : NONE),
    () => NONE,
  );
}

/** Ticks ids, or takes their ticks away. */
export function tick(scope: string, ids: readonly string[], on: boolean): void {
  const next = new Set(current.scope === scope ? current.ids : NONE);
  for (const id of ids) {
    if (on) next.add(id);
    else next.delete(id);
  }
  current = { scope, ids: next };
  for (const listener of listeners) listener();
}

export function clearSelection(): void {
  current = { scope: "", ids: NONE };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
