/** Wakes what recovers incidents in this process, so that a recovery does not wait for the next poll. */
import { processSingleton } from "@/lib/process-singleton";

const bell = processSingleton("incidents-bell", () => ({ ring: () => {} }));

/** Call it when a recovery was asked for. Without a worker in this process it does nothing: others poll. */
export function wakeIncidents(): void {
  bell.ring();
}

/** Registers the worker. */
export function onWakeIncidents(listener: () => void): void {
  bell.ring = listener;
}
