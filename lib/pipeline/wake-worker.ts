/** Wakes the worker loop of this process, so that a new event does not wait for the next poll. */
import { processSingleton } from "@/lib/process-singleton";
import type { Work } from "./claim";

type Kind = Work["destination"]["kind"];

const bell = processSingleton("worker-bell", () => ({ ring: (_kinds?: readonly Kind[]) => {} }));

/**
 * Call it when there is new work, for destinations of these kinds, or of any. Without a worker in this process it does
 * nothing: other workers poll.
 */
export function wakeWorker(kinds?: readonly Kind[]): void {
  bell.ring(kinds);
}

/** Registers the worker loop. */
export function onWakeWorker(listener: (kinds?: readonly Kind[]) => void): void {
  bell.ring = listener;
}
