/** The selected events of a history. The selection lasts over the pages of one filter, and ends with the filter. */
import { createStore } from "./store";

interface Selection {
  /** The URL of the history without its page. */
  scope: string;
  ids: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

const current = createStore<Selection>({ scope: "", ids: NONE });

export function useSelection(scope: string): ReadonlySet<string> {
  return current.use((selection) => (selection.scope === scope ? selection.ids : NONE));
}

/** Selects ids, or deselects them. */
export function tick(scope: string, ids: readonly string[], on: boolean): void {
  const before = current.get();
  const next = new Set(before.scope === scope ? before.ids : NONE);
  for (const id of ids) {
    if (on) next.add(id);
    else next.delete(id);
  }
  current.set({ scope, ids: next });
}

export function clearSelection(): void {
  current.set({ scope: "", ids: NONE });
}
