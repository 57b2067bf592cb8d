/** Wakes the worker loop of this process, so that a new event does not wait for the next poll. */
import { perProcess } from "@/lib/per-process";

const bell = perProcess("worker-bell", () => ({ ring: () => {} }));

/** There is new work. Without a worker in this process nothing happens: others poll. */
export function ringWorker(): void {
  bell.ring();
}

/** The worker loop listens here. */
export function onWorkerBell(listener: () => void): void {
  bell.ring = listener;
}
