/** Toasts come seconds after the first paint, if at all: their code is loaded with the first. */
import { useSyncExternalStore } from "react";

let wanted = false;
const listeners = new Set<() => void>();
let tellMounted: () => void;
const mounted = new Promise<void>((resolve) => {
  tellMounted = resolve;
});

/** Sonner's `toast`, once there is something on the page that shows what it says. */
export async function loadToast() {
  wanted = true;
  for (const listener of listeners) listener();
  const [{ toast }] = await Promise.all([import("sonner"), mounted]);
  return toast;
}

/** Whether somebody has something to say. */
export function useToasterWanted(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => wanted,
    () => false,
  );
}

/** Said by the toaster when it listens. */
export function toasterMounted(): void {
  tellMounted();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
