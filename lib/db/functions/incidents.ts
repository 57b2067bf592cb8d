/** What SQL takes and answers about incidents. */
import type { IncidentItemPage, IncidentLogPage } from "@/lib/contract/api/incident-items";
import type { Incident, IncidentInBrief, IncidentRequest, IncidentStepState } from "@/lib/contract/api/incidents";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type { ReconciliationStatus, ReplayStatus } from "@/lib/contract/vocabulary";
import type { Selection } from "./arguments";
import type { NewReconciliation } from "./reconciliation";

/** What the severity asks for is added in lib/queries/incidents.ts. */
export type StoredIncidentInBrief = Omit<IncidentInBrief, "respond_by">;
export type StoredIncident = Omit<Incident, "respond_by">;

export type IncidentSelection = Selection | { reconciliation_id: number };

export interface NewIncident {
  title: string;
  cause: string;
  severity: IncidentSeverity;
  opened_by: "person" | "alert" | "run";
  from_ts: string;
  to_ts: string;
  selection: IncidentSelection;
}

export type IncidentOpened =
  | { result: "opened"; id: string }
  | { result: "too_many"; matched: number; limit: number }
  | { result: "no_reconciliation" };

export type IncidentGrown =
  | { result: "grown"; added: number; total: number }
  | { result: "too_many"; matched: number; limit: number }
  | { result: "not_found" | "closed" | "under_way" };

export type RequestOpened =
  | { result: "open"; action: IncidentRequest["action"]; input: Record<string, unknown> }
  | { result: "not_found" | "decided" | "own" };

export type StepName = IncidentStepState["step"];

/** A recovery as a person asked for it, and how far it is. */
export interface Recovery {
  mode: "recover" | "verify";
  until?: "preview" | "end";
  options?: Record<string, unknown>;
  pause_seconds?: number;
  with_provider: boolean;
  /** From one on: what a verification did not find is recovered again. */
  round: number;
  /** The stages of this round begin with it. */
  first_stage: number;
  actor: string;
  actor_id: string;
  request_id: string;
}

/** An incident that a worker has, until its lease ends. */
export interface ClaimedIncident {
  id: number;
  fence: number;
  from_ts: string;
  to_ts: string;
  selection: { filter?: Record<string, unknown>; reconciliation_id?: number; event_ids?: number[] };
  scope: string[] | null;
  recovery: Recovery;
  steps: Record<StepName, { status: IncidentStepState["status"]; found: Record<string, unknown> }>;
}

export interface StepChange {
  status: IncidentStepState["status"];
  reason?: string | null;
  /** Added to what it found before. */
  found?: Record<string, unknown>;
  /** A user has to go on. */
  ends?: boolean;
}

export interface SourceOfIncident {
  provider: string;
  source_id: number | null;
}

export interface IncidentRun extends SourceOfIncident {
  id: number;
  retry_of: number | null;
  status: ReconciliationStatus;
  reason: string | null;
  /** The part that could not be read. */
  failed_from: string | null;
  failed_to: string | null;
  missing: number;
  rejected: number;
  undelivered: number;
  drifted: number;
  unrecoverable: number;
}

export interface IncidentStage {
  number: number;
  replay_id: number;
  status: ReplayStatus;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  stopped_because: string | null;
  /** How long ago it ended. */
  ended_ms: number | null;
}

export interface IncidentProgress {
  to_run: number;
  under_way: number;
  by_destination: { destination: string; items: number }[];
  holds: { destination: string; items: number; why: string; until: string | null; by: string | null }[];
}

/** What keeps an incident open. */
export interface IncidentLeft {
  affected: number;
  recovered: number;
  still_missing: number;
  not_accepted: number;
  is_verified: boolean;
}

export interface IncidentAnswers {
  claim_incidents: ClaimedIncident[];
  renew_incident: boolean;
  release_incident: boolean;
  note_incident_step: boolean;
  begin_incident_round: boolean;
  incident_sources: SourceOfIncident[];
  start_incident_run: { result: "created" | "known"; id: number } | { result: "lost" | "no_source" | "beyond_scope" };
  read_incident_runs: IncidentRun[];
  add_incident_findings: { added: number; is_full: boolean } | null;
  find_incident_causes: { next: number | null; counts: Record<string, number> | null } | null;
  incident_findings_to_store: { position: number; run: number; finding: number }[];
  link_incident_events: { linked: number; unrecoverable: number } | null;
  pick_incident_events: number[];
  note_incident_stage: number | null;
  read_incident_stage: IncidentStage | null;
  read_incident_progress: IncidentProgress;
  settle_incident_items: number | null;
  verify_incident_items: number | null;
  end_incident_verification: { closed: boolean; left: IncidentLeft | null } | null;
  recover_incident: { result: "started" | "not_found" | "closed" | "under_way" };
  accept_incident_items:
    | { result: "accepted"; accepted: number }
    | { result: "not_found" | "closed" | "under_way" | "nothing" }
    | { result: "not_acceptable"; positions: number[] };
  close_incident:
    | { result: "closed" | "not_found" | "closed_already" | "under_way" }
    | ({ result: "not_done" } & IncidentLeft);
  reopen_incident: { result: "reopened" | "not_found" | "not_closed" };
  open_incident: IncidentOpened;
  grow_incident: IncidentGrown;
  change_incident: { result: "changed" | "not_found" | "no_such_person" };
  note_incident: number | null;
  ask_incident_request: { result: "asked"; id: string } | { result: "not_found" };
  open_incident_request: RequestOpened;
  decide_incident_request: { result: "done" | "not_found" | "decided" | "own" };
  list_incidents: { incidents: StoredIncidentInBrief[]; next_cursor: number | null };
  get_incident: StoredIncident | null;
  list_incident_items: IncidentItemPage | null;
  list_incident_log: IncidentLogPage | null;
}

export interface IncidentArguments {
  note_incident_step: { p_change: StepChange };
  start_incident_run: {
    p_run: SourceOfIncident & { retry_of: number | null } & Omit<
        NewReconciliation,
        "started_by" | "dry_run" | "provider" | "source_id"
      >;
  };
  end_incident_verification: { p_reason: string | null; p_found: Record<string, unknown> };
  recover_incident: { p_recovery: Record<string, unknown> };
  accept_incident_items: { p_positions: number[] | null };
  open_incident: { p_incident: NewIncident };
  grow_incident: { p_selection: Selection };
  change_incident: {
    p_change: { title?: string; cause?: string; severity?: IncidentSeverity; owner?: string | null };
  };
  ask_incident_request: { p_input: Record<string, unknown> };
  list_incidents: { p_filter: { state?: string[]; severity?: string[] }; p_after: number | null };
  list_incident_items: { p_filter: { state?: string[]; cause?: string[]; org_id?: string }; p_after: number | null };
  list_incident_log: { p_after: number | null };
}
