/** The types and words of incidents without their schemas, which the browser need not load. */
import type { Database } from "@/lib/db/database.types";

export type { IncidentItem, IncidentItemPage, IncidentLogEntry, IncidentLogPage } from "./api/incident-items";
export type { OpenIncidentInput } from "./api/incident-requests";
export type { Incident, IncidentInBrief, IncidentPage, IncidentRequest, IncidentStepState } from "./api/incidents";

type Enums = Database["public"]["Enums"];

export type IncidentState = Enums["incident_state"];
export type IncidentCause = Enums["incident_cause"];
export type IncidentItemState = Enums["incident_item_state"];
export type IncidentStep = Enums["incident_step"];
export type IncidentStepStatus = Enums["incident_step_status"];
export type IncidentLogKind = Enums["incident_log_kind"];
export type IncidentRequestAction = Enums["incident_request_action"];

export const INCIDENT_STATE: Record<IncidentState, { label: string; meaning: string }> = {
  open: { label: "Open", meaning: "Nothing was recovered yet." },
  recovering: { label: "Recovering", meaning: "A recovery finds and repairs what is affected." },
  verifying: { label: "Verifying", meaning: "What was recovered is compared with the target." },
  closed: { label: "Closed", meaning: "Every event is verified." },
  closed_with_exceptions: {
    label: "Closed with exceptions",
    meaning: "Every event is verified but those that an administrator accepted as lost.",
  },
  reopened: { label: "Reopened", meaning: "It was closed, and was opened again." },
};

export const INCIDENT_CAUSE: Record<IncidentCause, { label: string; meaning: string }> = {
  missing: { label: "Missing", meaning: "The provider has it, and it never arrived here." },
  rejected: { label: "Rejected", meaning: "It arrived, and was rejected." },
  failed: { label: "Failed", meaning: "A delivery of it is dead." },
  waiting: { label: "Waiting", meaning: "A delivery of it has not ended." },
  stale: { label: "Stale", meaning: "What a delivery wrote is not there any more." },
  drifted: { label: "Drifted", meaning: "A row differs from the provider's object." },
  delivered: { label: "Delivered", meaning: "It was selected, and nothing was wrong with it." },
};

/** In the order in which they are read: what is good first, then what needs attention. */
export const INCIDENT_ITEM_STATE: Record<IncidentItemState, { label: string; meaning: string }> = {
  verified: { label: "Verified", meaning: "The target has it: rows hold its values, endpoints acknowledged it." },
  recovered: { label: "Recovered", meaning: "A replay delivered it. It is not verified yet." },
  affected: { label: "Affected", meaning: "Nothing was done about it yet." },
  still_missing: { label: "Still missing", meaning: "A verification did not find it in the target." },
  unrecoverable: { label: "Unrecoverable", meaning: "It cannot be brought back. Each says why." },
};

export const ITEM_STATES = Object.keys(INCIDENT_ITEM_STATE) as IncidentItemState[];

/** `subject` begins a sentence about the step; `does`: what the step will do, while it has not run. */
export const INCIDENT_STEP: Record<IncidentStep, { label: string; subject: string; does: string }> = {
  find_missing: {
    label: "Find what never arrived",
    subject: "The search for what never arrived",
    does: "Asks the provider of each source what it has in this window, and adds what is not here.",
  },
  find_failed: {
    label: "Find what failed",
    subject: "The search for what failed",
    does: "Finds dead and unfinished deliveries of these events.",
  },
  find_stale: {
    label: "Find what is stale",
    subject: "The search for what is stale",
    does: "Finds rows that were written and are not there any more.",
  },
  preview: {
    label: "Preview",
    subject: "The preview",
    does: "Stores what can be brought back, and shows what a recovery would change. Nothing is delivered.",
  },
  canary: {
    label: "Canary",
    subject: "The canary",
    does: "Delivers a few events first. If they fail, nothing else runs.",
  },
  run: {
    label: "Recover",
    subject: "The recovery",
    does: "Delivers the rest in growing stages, below live traffic, and waits for destinations that are down.",
  },
  verify: {
    label: "Verify",
    subject: "The verification",
    does: "Compares rows and endpoints with the events, and asks the providers again. A 2xx alone does not count.",
  },
  evidence: {
    label: "Evidence",
    subject: "The evidence bundle",
    does: "A signed bundle of every repair, for a provider's support or a customer's auditor.",
  },
};

export const INCIDENT_STEPS = Object.keys(INCIDENT_STEP) as IncidentStep[];

export const INCIDENT_STEP_STATUS: Record<IncidentStepStatus, { label: string }> = {
  pending: { label: "Not started" },
  running: { label: "Running" },
  waiting: { label: "Waiting" },
  done: { label: "Done" },
  failed: { label: "Stopped" },
};

/** As the rest of a sentence: asks to … */
export const INCIDENT_REQUEST_ACTION: Record<IncidentRequestAction, string> = {
  grow: "add events",
  recover: "start the recovery",
  accept: "accept what cannot be brought back",
  close: "close the incident",
};

/** Whether it is over. Nothing of it runs, and only reopening changes it. */
export function isClosed(state: IncidentState): boolean {
  return state === "closed" || state === "closed_with_exceptions";
}
