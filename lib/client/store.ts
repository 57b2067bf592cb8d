import { useSyncExternalStore } from "react";

export interface Store<T> {
  get: () => T;
  /** The same value again tells nobody. */
  set: (next: T) => void;
  /** Draws again when what is selected of it changes. On the server, and while it hydrates, it is as it was first. */
  use: <Part = T>(select?: (value: T) => Part) => Part;
}

/** A value of the tab that components draw and code outside of React changes. */
export function createStore<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    use: (select = (whole) => whole as never) =>
      useSyncExternalStore(
        subscribe,
        () => select(value),
        () => select(first),
      ),
  };
}
