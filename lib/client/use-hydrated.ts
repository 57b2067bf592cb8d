import { startTransition, useEffect, useState, useSyncExternalStore } from "react";

const never = () => () => {};

/** False on the server and in the first render; then true. For what only the browser knows: its time zone, its URL. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/** False in a component's first render, and true right after it: for what the first paint need not wait for. */
export function useAfterFirstPaint(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => startTransition(() => setSettled(true)), []);
  return settled;
}

/** The origin of this page, such as `https://desk.example`; empty until the browser knows it. */
export function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
}
