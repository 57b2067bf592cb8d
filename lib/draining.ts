/** Whether this process is about to stop: GET /api/health/ready answers 503 then, so that load balancers send no more. */
import { processSingleton } from "./process-singleton";

const state = processSingleton("draining", () => ({ draining: false }));

/** Says so from now on. */
export function startDraining(): void {
  state.draining = true;
}

export function isDraining(): boolean {
  return state.draining;
}
