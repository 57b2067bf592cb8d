/** Wakes the reconciler of this process, so that a run does not wait for the next poll. */
import { processSingleton } from "@/lib/process-singleton";

const bell = processSingleton("reconciler-bell", () => ({ ring: () => {} }));

/** Call it when a run was asked for. Without a reconciler in this process it does nothing: others poll. */
export function wakeReconciler(): void {
  bell.ring();
}

/** Registers the reconciler. */
export function onWakeReconciler(listener: () => void): void {
  bell.ring = listener;
}
