/** The verification: what is in the targets, and what the providers still miss. At zero the incident closes itself. */
import { call } from "@/lib/db/client";
import type { ClaimedIncident, IncidentLeft } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { type Asked, askProviders, findAskable } from "./asking";
import { held, kept, noteStep, type Progress, type Step } from "./step";

const AT_ONCE = 500;
const MOST_ROUNDS = 3;
const LOOK_AGAIN_MS = 1_000;

export const verify: Step = async (incident) => {
  const asked = incident.recovery.with_provider ? await askProviders(incident, "verify", true) : undefined;
  if (asked?.isUnderWay) return { is: "later", ms: LOOK_AGAIN_MS, found: { asked: asked.runs.length } };
  const problem = await problemOf(incident, asked);
  const runs = asked?.runs.filter(({ status }) => status === "completed").map(({ id }) => id) ?? [];
  const { added, is_full } = kept(
    await call("pipeline", "add_incident_findings", {
      ...held(incident),
      p_runs: runs,
      p_most: environment().INCIDENT_MAX_ITEMS,
    }),
  );
  await lookAtItems(incident, runs);
  const found = { asked: runs.length, not_asked: asked?.notAsked ?? [], added };
  await noteStep(incident, "verify", { status: "running", found });
  const reason = problem ?? (is_full && added > 0 ? "More is missing than one incident is about." : undefined);
  const { closed, left } = kept(
    await call("pipeline", "end_incident_verification", {
      ...held(incident),
      p_complete: reason === undefined,
      p_reason: reason ?? null,
      p_found: found,
    }),
  );
  return closed || !left ? { is: "done" } : goOn(incident, left, reason);
};

/** Why it did not read everything that it has to; undefined when it did. */
async function problemOf(incident: ClaimedIncident, asked: Asked | undefined): Promise<string | undefined> {
  if (asked) return asked.problem;
  const askable = await findAskable(incident);
  return askable.length > 0 ? `The providers were not asked: ${askable.join(", ")}.` : undefined;
}

async function lookAtItems(incident: ClaimedIncident, runs: number[]): Promise<void> {
  kept(await call("pipeline", "link_incident_events", held(incident)));
  for (let after: number | null = 0; after !== null; ) {
    const next: number | null = await call("pipeline", "verify_incident_items", {
      ...held(incident),
      p_runs: runs,
      p_after: after,
      p_limit: AT_ONCE,
    });
    after = next;
  }
}

/** What is left is recovered again, or named. */
async function goOn(incident: ClaimedIncident, left: IncidentLeft, problem: string | undefined): Promise<Progress> {
  const { mode, until, round } = incident.recovery;
  const open = left.affected + left.recovered + left.still_missing;
  if (problem) return { is: "failed", reason: `The verification is not complete. ${problem}` };
  if (open > 0 && mode === "recover" && until === "end" && round < MOST_ROUNDS) {
    if (!(await call("pipeline", "begin_incident_round", held(incident)))) kept(null);
    return { is: "done" };
  }
  const missing = open > 0 ? `${open} events are not verified. Each says why.` : "";
  const exceptions =
    left.not_accepted > 0
      ? `${left.not_accepted} events cannot be brought back. An administrator has to accept them.`
      : "";
  const reason = [missing, exceptions].filter(Boolean).join(" ");
  return open > 0 ? { is: "failed", reason } : { is: "waiting", reason };
}
