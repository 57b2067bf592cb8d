import { useSyncExternalStore } from "react";

export interface Store<T> {
  get: () => T;
  /** Setting the same value again notifies no listener. */
  set: (next: T) => void;
  /** Renders again when the selected part changes. On the server, and during hydration, it is the initial value. */
  use: <Part = T>(select?: (value: T) => Part) => Part;
}

/** A value of the tab that components render and that code outside of React can change. */
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
