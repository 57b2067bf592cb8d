/** Wakes the worker loop of this process, so that a new event does not wait for the next poll. */
import { processSingleton } from "@/lib/process-singleton";

const bell = processSingleton("worker-bell", () => ({ ring: () => {} }));

/** Call it when there is new work. Without a worker in this process it does nothing: other workers poll. */
export function wakeWorker(): void {
  bell.ring();
}

/** Registers the worker loop. */
export function onWakeWorker(listener: () => void): void {
  bell.ring = listener;
}
