/** The types and words of reconciliation without its schemas, which the browser need not load. */
import type {
  CoverageKind,
  FindingKind,
  FindingState,
  ReconciliationStatus,
  ReconciliationTrigger,
} from "./vocabulary";

export type { CampaignsLeads } from "./api/campaigns-leads";
export type { MissingCounts, RunInBrief, SourceCoverage, Watch } from "./api/coverage";
export type { EventCheck, Finding, FindingDetail, FindingPage, RowDifference } from "./api/findings";
export type { ApiRequestNote, ApiRequestPage, Reconciliation, ReconciliationPage } from "./api/reconciliations";
export type {
  ConfigurationProblem,
  ConfigurationState,
  CredentialField,
  CredentialState,
  CredentialTest,
} from "./api/source-api";

export const RECONCILIATION_STATUS: Record<ReconciliationStatus, { label: string; meaning: string }> = {
  queued: { label: "Queued", meaning: "It starts as soon as a worker is free." },
  running: { label: "Running", meaning: "The provider is being asked." },
  completed: { label: "Completed", meaning: "The whole window was read." },
  partial: { label: "Partial", meaning: "A part of the window could not be read, so more may be missing." },
  failed: { label: "Failed", meaning: "Nothing could be read." },
  cancelled: { label: "Cancelled", meaning: "A user ended it before the whole window was read." },
};

/** As the rest of a sentence: started by … */
export const RECONCILIATION_TRIGGER: Record<ReconciliationTrigger, string> = {
  person: "a user",
  schedule: "the schedule",
  downtime: "the start after a downtime",
  alert: "an alert",
  incident: "an incident",
};

/** `meaning` for users; `way_out`: what to do about findings of this kind. */
export const FINDING_KIND: Record<FindingKind, { label: string; meaning: string; wayOut: string }> = {
  missing: {
    label: "Missing",
    meaning: "The provider has it, and it never arrived here.",
    wayOut: "Back-fill stores it and delivers it.",
  },
  rejected: {
    label: "Rejected",
    meaning: "It arrived, and was rejected.",
    wayOut: "Fix why it was rejected, or the next one is rejected, too. Back-fill brings this one back.",
  },
  undelivered: {
    label: "Undelivered",
    meaning: "It is here, and one of its deliveries is dead.",
    wayOut: "Fix the destination, then back-fill: the event that is here is delivered again.",
  },
  drifted: {
    label: "Drifted",
    meaning: "A row differs from the provider's object.",
    wayOut: "Back-fill applies the provider's object as of the provider's own time.",
  },
  not_subscribed: {
    label: "Not subscribed",
    meaning: "The provider was not told to send events of this type.",
    wayOut: "Subscribe to the type at the provider, or events go on missing. Back-fill brings these back.",
  },
  unrecoverable: {
    label: "Unrecoverable",
    meaning: "It can be named, and not brought back.",
    wayOut: "Each says why. Ask the provider's support with the request ids below.",
  },
};

/** The order in which findings are read. */
export const FINDING_KINDS = Object.keys(FINDING_KIND) as FindingKind[];

export const FINDING_STATE: Record<FindingState, { label: string; meaning: string }> = {
  open: { label: "Open", meaning: "Nothing was done about it yet." },
  back_filling: { label: "Back-filling", meaning: "A replay delivers it." },
  repaired: { label: "Repaired", meaning: "A replay delivered it." },
  late: { label: "Came late", meaning: "Its webhook arrived by itself after it was found." },
};

export const COVERAGE_KIND: Record<CoverageKind, { label: string; meaning: string }> = {
  events: { label: "Every event", meaning: "The provider lists the events themselves." },
  objects: {
    label: "By object",
    meaning: "The provider lists objects as they are now, not the events that led there.",
  },
  counts: { label: "By count", meaning: "The provider says how many events there were, not which." },
  own_ids: { label: "Known ids only", meaning: "The provider answers for ids that are here already." },
};

/** Whether a run goes on by itself. */
export function isUnderWay(status: ReconciliationStatus): boolean {
  return status === "queued" || status === "running";
}
