/** A recovery goes through its steps in their order; each can be left, resumed and repeated. */
import type { ClaimedIncident, StepName } from "@/lib/db/functions/incidents";
import { log } from "@/lib/log";
import { findFailed, findStale } from "./find";
import { findMissing } from "./find-missing";
import { preview } from "./preview";
import { canary, runStages } from "./stages";
import { noteStep, type Progress, type Step } from "./step";
import { verify } from "./verify";

/** In the order of a recovery. The evidence is there when the incident closes: the verification says so. */
const STEPS: readonly (readonly [StepName, Step])[] = [
  ["find_missing", findMissing],
  ["find_failed", findFailed],
  ["find_stale", findStale],
  ["preview", preview],
  ["canary", canary],
  ["run", runStages],
  ["verify", verify],
];

/** Takes an incident as far as it goes now. Returns after how many milliseconds it is due again. Throws `LeaseLost`. */
export async function advance(incident: ClaimedIncident): Promise<number> {
  const steps = incident.recovery.mode === "verify" ? STEPS.filter(([name]) => name === "verify") : STEPS;
  for (const [name, step] of steps) {
    if (incident.steps[name].status === "done") continue;
    // What waits keeps its reason until it goes on.
    if (["pending", "failed"].includes(incident.steps[name].status))
      await noteStep(incident, name, { status: "running" });
    const progress = await step(incident);
    log("incident", { incident: incident.id, step: name, decision: progress.is });
    const next = await note(incident, name, progress);
    if (next !== null) return next;
  }
  return 0;
}

/** Null: the next step is due at once. */
async function note(incident: ClaimedIncident, name: StepName, progress: Progress): Promise<number | null> {
  const { found } = progress;
  switch (progress.is) {
    case "done":
      // The verification closes the incident, or begins another round: then nobody has to note it.
      if (name === "verify") return 0;
      await noteStep(incident, name, { status: "done", found });
      return null;
    case "later":
      await noteStep(incident, name, {
        status: progress.reason ? "waiting" : "running",
        reason: progress.reason,
        found,
      });
      return progress.ms;
    default:
      await noteStep(incident, name, { status: progress.is, reason: progress.reason, found, ends: true });
      return 0;
  }
}
