/** What a step of a recovery is, and how it says where it is. */
import { call } from "@/lib/db/client";
import type { ClaimedIncident, StepChange, StepName } from "@/lib/db/functions/incidents";

/** Another worker has the incident: what this one does no longer counts. */
export class LeaseLost extends Error {
  constructor() {
    super("Another worker has this incident.");
    this.name = "LeaseLost";
  }
}

type Found = Record<string, unknown>;

/** How far a step came when it was worked on. */
export type Progress =
  | { is: "done"; found?: Found }
  /** It goes on by itself after `ms`. A reason says what it waits for. */
  | { is: "later"; ms: number; reason?: string; found?: Found }
  /** A user has to go on. */
  | { is: "waiting"; reason: string; found?: Found }
  | { is: "failed"; reason: string; found?: Found };

/** Does a part of a step. What it did before may be done again: a worker may be killed at any point. */
export type Step = (incident: ClaimedIncident) => Promise<Progress>;

export async function noteStep(incident: ClaimedIncident, step: StepName, change: StepChange): Promise<void> {
  const { id, fence } = incident;
  const had = await call("pipeline", "note_incident_step", {
    p_id: id,
    p_fence: fence,
    p_step: step,
    p_change: change,
  });
  if (!had) throw new LeaseLost();
  const state = incident.steps[step];
  incident.steps[step] = { status: change.status, found: { ...state.found, ...change.found } };
}

/** The arguments of every SQL function that works on a claimed incident. */
export function held({ id, fence }: ClaimedIncident) {
  return { p_id: id, p_fence: fence };
}

/** Null is how SQL says that the lease was lost. */
export function kept<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw new LeaseLost();
  return answer;
}
