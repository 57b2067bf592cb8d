/** The stages of a recovery: a canary, then replays of growing size, each judged before the next one begins. */
import { numberInId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { ClaimedIncident, IncidentProgress, IncidentStage } from "@/lib/db/functions/incidents";
import { environment } from "@/lib/env";
import { wakeWorker } from "@/lib/pipeline/wake-worker";
import { draftOf, pick, startDraft } from "./draft";
import { held, kept, type Progress, type Step } from "./step";

const CANARY = 10;
const GROWTH = 4;
/** The share of failures in a stage that stops a recovery, unless the options say another. */
const MOST_FAILURES = 0.2;
const LOOK_AGAIN_MS = 500;
const WAIT_MS = 5_000;
/** A merchant's limit frees as time passes. */
const LIMIT_MS = 15_000;
/** How often a stage that cannot be made is tried. */
const MOST_REFUSALS = 5;

const HELD: Record<string, string> = {
  paused: "is paused",
  disabled: "is disabled",
  circuit: "has an open circuit",
  throttled: "asked for a pause",
};

/** Few events first. They must not fail, or no more of them than the options allow. */
export const canary: Step = async (incident) => {
  // What failed in an earlier round may fail again: the verification says so.
  if (incident.recovery.round > 1) return { is: "done", found: { round: incident.recovery.round } };
  const stage = await call("pipeline", "read_incident_stage", { p_id: incident.id });
  if (!stage) return begin(incident, "canary", 0);
  return (await follow(incident, stage)) ?? judge(incident, stage, 0) ?? { is: "done", found: figures(stage) };
};

/** The others, in stages, until nothing is left that can run. */
export const runStages: Step = async (incident) => {
  const stage = await call("pipeline", "read_incident_stage", { p_id: incident.id });
  if (!stage) return begin(incident, "run", 0);
  const open = (await follow(incident, stage)) ?? judge(incident, stage, MOST_FAILURES);
  if (open) return open;
  const restMs = (incident.recovery.pause_seconds ?? 0) * 1000 - (stage.ended_ms ?? 0);
  if (restMs > 0) return { is: "later", ms: Math.min(restMs, WAIT_MS), reason: "Pause between two stages." };
  return begin(incident, "run", stage.number - incident.recovery.first_stage + 1);
};

/** Starts the next stage, once nothing holds its destinations. */
async function begin(incident: ClaimedIncident, step: "canary" | "run", before: number): Promise<Progress> {
  const progress = await call("pipeline", "read_incident_progress", {
    p_id: incident.id,
    p_max_age_days: environment().REPLAY_MAX_AGE_DAYS,
  });
  const { to_run, under_way } = progress;
  if (to_run === 0 && (under_way === 0 || step === "canary")) return { is: "done", found: { left: 0 } };
  if (progress.holds.length > 0) {
    return { is: "later", ms: WAIT_MS, reason: `Waiting: ${holdsOf(progress)}.`, found: { holds: progress.holds } };
  }
  if (to_run === 0) {
    kept(await call("pipeline", "settle_incident_items", held(incident)));
    return { is: "later", ms: WAIT_MS, reason: `Waiting: ${under_way} events are being delivered already.` };
  }
  const first = Number(incident.recovery.options?.canary) || CANARY;
  const number = incident.recovery.first_stage + before;
  const events = await pick(incident, first * GROWTH ** before);
  const draft = await draftOf(incident, events, `in_${incident.id}/stage/${number}`);
  if (typeof draft === "string") return refused(incident, step, draft);
  kept(await call("pipeline", "note_incident_stage", { ...held(incident), p_replay_id: numberInId(draft.id) }));
  return start(incident, numberInId(draft.id), number);
}

/** It may be a webhook that came in between. It is not tried for ever. */
function refused({ steps }: ClaimedIncident, step: "canary" | "run", reason: string): Progress {
  const refusals = Number(steps[step].found.refusals ?? 0) + 1;
  if (refusals >= MOST_REFUSALS) return { is: "failed", reason };
  return { is: "later", ms: WAIT_MS, reason, found: { refusals } };
}

async function start(incident: ClaimedIncident, replay: number, number: number): Promise<Progress> {
  const limit = await startDraft(incident, replay);
  if (limit) return { is: "later", ms: LIMIT_MS, reason: `wr_${replay} waits: ${limit}` };
  wakeWorker();
  return { is: "later", ms: LOOK_AGAIN_MS, found: { stage: number, refusals: 0 } };
}

/** What to wait for; undefined when the stage has ended and its items are settled. */
async function follow(incident: ClaimedIncident, stage: IncidentStage): Promise<Progress | undefined> {
  const { replay_id, status, number } = stage;
  if (status === "draft") return start(incident, replay_id, number);
  if (status === "paused") {
    return { is: "later", ms: WAIT_MS, reason: `wr_${replay_id} is paused. Resume it.`, found: figures(stage) };
  }
  if (status === "queued" || status === "running") {
    return { is: "later", ms: LOOK_AGAIN_MS, found: figures(stage) };
  }
  kept(await call("pipeline", "settle_incident_items", held(incident)));
  return undefined;
}

/** Why a recovery stops after this stage; undefined when it goes on. */
function judge({ recovery }: ClaimedIncident, stage: IncidentStage, most: number): Progress | undefined {
  const { number, replay_id, status, stopped_because, succeeded, failed } = stage;
  const named = `Stage ${number} (wr_${replay_id})`;
  const found = figures(stage);
  if (status === "cancelled") return { is: "failed", reason: `${named} was cancelled.`, found };
  if (recovery.round > 1) return undefined;
  if (status === "stopped") return { is: "failed", reason: `${named} stopped: ${stopped_because}`, found };
  const allowed = (recovery.options?.stopOnFailureRate as number | undefined) ?? most;
  if (failed === 0 || failed / (failed + succeeded) <= allowed) return undefined;
  const reason = `${named}: ${failed} of ${failed + succeeded} deliveries failed. Repair what they say, then recover again.`;
  return { is: "failed", reason, found };
}

function figures({ number, total, succeeded, failed, skipped }: IncidentStage) {
  return { stage: number, total, succeeded, failed, skipped };
}

function holdsOf({ holds }: IncidentProgress): string {
  return holds
    .map(({ destination, why, by, items }) => `${destination} ${HELD[why]}${by ? ` by ${by}` : ""} (${items} events)`)
    .join(", ");
}
