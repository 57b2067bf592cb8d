/**
 * What SQL takes and returns of reconciliation: runs, their windows and pages, findings, watches. Long because it declares each
 * function once.
 */
import type { Reconciliation } from "@/lib/contract/reconciliations";
import type { ConfigurationProblem, OwnObject } from "@/lib/providers/api";
import type { HeaderPairs, Json } from "@/lib/providers/provider";
import type { Database } from "../database.types";
import type { NewEvent } from "./journey";

type Enums = Database["public"]["Enums"];

export type ReconciliationStatus = Enums["reconciliation_status"];
export type ReconciliationTrigger = Enums["reconciliation_trigger"];
export type FindingKind = Enums["finding_kind"];
export type FindingState = Enums["finding_state"];
export type EventOrigin = Enums["event_origin"];

/** What create_reconciliation makes. Times are ISO 8601. */
export interface NewReconciliation {
  provider: string;
  source_id: number | null;
  from_ts: string;
  to_ts: string;
  types: readonly string[] | null;
  dry_run: boolean;
  started_by: ReconciliationTrigger;
  windows: { from_ts: string; to_ts: string }[];
}

export type ReconciliationCreated =
  | { result: "created"; reconciliation: Reconciliation }
  | { result: "no_source" | "beyond_scope" };

export type ReconciliationCancelled =
  | { result: "cancelled" | "ended"; reconciliation: Reconciliation }
  | { result: "not_found" };

/** A window that a worker has claimed, with what it has to know of its run. */
export interface ClaimedWindow {
  id: number;
  fence: number;
  cursor: Json;
  pages: number;
  failures: number;
  from_ts: string;
  to_ts: string;
  run: {
    id: number;
    provider: string;
    source_id: number | null;
    organisation_id: string | null;
    company_id: string | null;
    from_ts: string;
    to_ts: string;
    types: string[] | null;
    /** Whether its configuration was read. */
    is_configured: boolean;
    settings: Record<string, string> | null;
  };
}

/** The identity of an entry: all that match_entries needs. */
export interface EntryKey {
  n: number;
  event_key: string | null;
  logical_key: string | null;
  event_type: string;
  occurred_at: string;
}

/** What is known of an entry. `event_id` is null for one that is not here. */
export interface MatchedEntry {
  n: number;
  event_id: number | null;
  /** It is here, but has to be brought back all the same: a back-fill stored it and was never started. */
  is_waiting: boolean;
  /** A delivery of it to rows has succeeded. */
  wrote_rows: boolean;
  /** The event key of our event. */
  own_key: string | null;
  kind: FindingKind | null;
  rejection_id: number | null;
  detail: string | null;
}

/** An entry that is here, and nothing is wrong with it: record_page counts it, and does not look it up again. */
export interface RightEntry extends EntryKey {
  is_right: true;
}

/** Another entry as record_page takes it. Only what is not here, or has drifted, carries its bytes. */
export interface RecordedEntry extends EntryKey {
  is_right: false;
  object_id: string | null;
  /** Whose event it would be, when its source does not say. */
  organisation_id: string | null;
  origin: "provider_api" | "reconstructed";
  /** Base64. */
  body?: string;
  headers?: HeaderPairs;
  unrecoverable?: string;
  difference?: RowDifference[];
}

/** One column of a drifted row. */
export interface RowDifference {
  table: string;
  key: Record<string, string>;
  column: string;
  ours: Json;
  provider: Json;
}

/** One request to a provider, as it is kept. */
export interface ApiRequestNote {
  method: string;
  url: string;
  status_code: number | null;
  provider_request_id: string | null;
  entries: number | null;
  problem: string | null;
  milliseconds: number;
}

export interface RecordedPage {
  /** Where the next page begins. */
  next: Json;
  is_last: boolean;
  entries: (RightEntry | RecordedEntry)[];
  counts: { event_type: string; provider: number }[];
  requests: ApiRequestNote[];
}

/** A finding with what a back-fill stores. */
export interface BackFillable {
  id: number;
  kind: FindingKind;
  provider: string;
  source: {
    id: number;
    organisation_id: string | null;
    company_id: string | null;
    settings: Record<string, string>;
  } | null;
  event_key: string | null;
  logical_key: string | null;
  event_type: string;
  occurred_at: string;
  origin: EventOrigin;
  /** Base64; null for what is here already. */
  body: string | null;
  headers: HeaderPairs | null;
  event_id: number | null;
}

/** `reconciliation` is null when it is not there, or not the caller's. */
export interface BackFillableList {
  reconciliation: Reconciliation | null;
  /** How many findings can be brought back; those of the answer are the oldest. */
  total: number;
  findings: number[];
}

/** One event of a back-fill, and the finding that it repairs. */
export interface BackFillEvent extends NewEvent {
  n: number;
  finding_id: number;
}

/** `event_id` is the event to replay; null when there is nothing to deliver, and `state` says what the finding became. */
export interface BackFilled {
  finding_id: number;
  event_id: number | null;
  state: FindingState;
}

/** A source with an account, as due_watches takes it. */
export interface WatchedSource {
  provider: string;
  source_id: number | null;
  wait_seconds: number;
  horizon_days: number | null;
}

/** A run that a watch asks for. */
export interface DueRun {
  provider: string;
  source_id: number | null;
  from_ts: string;
  to_ts: string;
  back_fills: boolean;
  started_by: ReconciliationTrigger;
}

/** A run that is to be back-filled in the name of who started it. */
export interface RunToBackFill {
  id: number;
  actor: string;
  actor_id: string;
  request_id: string | null;
}

/** A run whose provider is asked to send again. `resent`: null before it was asked. */
export interface RunToResend {
  id: number;
  provider: string;
  source_id: number | null;
  from_ts: string;
  to_ts: string;
  settings: Record<string, string> | null;
  resent: { asked: number | null } | null;
}

/** How the provider is set up, read when a run begins. `note`: why that is not known. */
export interface RunConfiguration {
  subscribed_types: readonly string[] | null;
  problems: ConfigurationProblem[];
  note?: string;
}

export interface ReconciliationAnswers {
  create_reconciliation: ReconciliationCreated;
  cancel_reconciliation: ReconciliationCancelled;
  claim_windows: ClaimedWindow[];
  renew_window: boolean;
  release_windows: number;
  match_entries: MatchedEntry[];
  record_page: boolean;
  fail_window: boolean;
  split_window: boolean;
  note_configuration: null;
  note_api_requests: null;
  advance_reconciliations: number;
  heal_findings: number;
  settle_findings: number;
  forget_reconciliation: number;
  list_back_fillable: BackFillableList;
  read_findings: BackFillable[];
  back_fill: BackFilled[];
  mark_back_filling: number;
  take_runs_to_back_fill: RunToBackFill[];
  finish_back_fill: null;
  take_runs_to_resend: RunToResend[];
  note_resend: null;
  find_back_fill: string | null;
  take_api_turn: number;
  hold_api_account: null;
  due_watches: DueRun[];
  list_own_objects: OwnObject[];
}
