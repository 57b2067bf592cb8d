/** Wakes the worker loop of this process, so that a new event does not wait for the next poll. */
import { processSingleton } from "@/lib/process-singleton";

const bell = processSingleton("worker-bell", () => ({ ring: () => {} }));

/** There is new work. Without a worker in this process nothing happens: others poll. */
export function wakeWorker(): void {
  bell.ring();
}

/** The worker loop listens here. */
export function onWakeWorker(listener: () => void): void {
  bell.ring = listener;
}
