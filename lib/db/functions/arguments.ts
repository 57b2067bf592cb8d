/**
 * The arguments of each SQL function. The generated types know them, but neither which may be null nor the content of a JSON
 * argument: that is declared here, once. A JSON argument without a declaration cannot be passed.
 */
import type { AuditFilter } from "@/lib/contract/audit-filter";
import type { Destination } from "@/lib/contract/destinations";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { ReplayFilter } from "@/lib/contract/replay-filter";
import type { ReplayOutcome, StaffRole } from "@/lib/contract/vocabulary";
import type { Organisations } from "@/lib/scope";
import type { Database, Json } from "../database.types";
import type { AlertArguments } from "./alerts";
import type { SilenceArguments } from "./alerts-silence";
import type { Answers } from "./answers";
import type { ChannelArguments } from "./channels";
import type { EvidenceArguments } from "./evidence";
import type { IncidentArguments } from "./incidents";
import type { AttemptResult, NewEvent, RowChange } from "./journey";
import type { StoredSecret } from "./people";
import type {
  ApiRequestNote,
  BackFillEvent,
  EntryKey,
  NewReconciliation,
  RecordedPage,
  RunConfiguration,
  WatchedSource,
} from "./reconciliation";
import type { ReconciliationReadArguments } from "./reconciliation-reads";
import type { RetentionArguments } from "./retention";

type Functions = Database["public"]["Functions"];

/** The functions that TypeScript calls. */
export type FunctionName = keyof Answers & keyof Functions;

export type Arguments<Name extends FunctionName> = Declared<
  Functions[Name]["Args"],
  Name extends keyof DeclaredArguments ? DeclaredArguments[Name] : unknown
>;

type Declared<Generated, Ours> = {
  [Argument in keyof Generated]: Argument extends keyof Ours
    ? Ours[Argument]
    : Argument extends "p_scope"
      ? Organisations
      : Json extends Generated[Argument]
        ? never
        : Generated[Argument];
};

/** Types of arguments that replace the generated ones. */
export interface DeclaredArguments
  extends ReconciliationReadArguments,
    EvidenceArguments,
    IncidentArguments,
    AlertArguments,
    SilenceArguments,
    ChannelArguments,
    RetentionArguments {
  accept_events: { p_events: (NewEvent & { n: number })[] };
  record_rejections: { p_samples: RejectionSample[]; p_counts: RejectionCount[] };
  record_senders: { p_forged: { network: string; count: number }[] };
  configure_destinations: { p_destinations: ConfiguredDestination[] };
  claim_deliveries: { p_shares: { unproven: number; slow: number; slow_slots: number; late: number[] } };
  record_attempts: { p_results: AttemptResult[] };
  apply_changes: { p_changes: RowChange[] };
  preview_changes: { p_changes: RowChange[] };

  create_replay: {
    p_selection: Selection;
    /** As `completeOptions` (lib/contract/replay-options.ts) returns them. */
    p_options: Record<string, unknown>;
    p_limits: { max_events: number; max_age_days: number; keep_empty?: boolean };
    p_idempotency_key: string | null;
  };
  start_replay: { p_limits: { max_per_hour: number; max_concurrent: number } };
  control_replay: { p_action: "pause" | "resume" | "cancel" };
  create_destination: {
    p_destination: DestinationSettings & { slug: string; headers: Record<string, string>; secret: NewSecret };
  };
  update_destination: {
    /** A header that is null remains unchanged. */
    p_changes: Partial<DestinationSettings & { headers: Record<string, string | null> }>;
    p_secret: NewSecret | null;
    p_seen: string | null;
  };
  rotate_destination_secret: { p_secret: NewSecret };
  disable_destination: { p_because: string | null };
  find_destination_by_url: { p_organisation_id: string | null };
  note_endpoint_test: { p_details: { merchant_id?: string } };
  create_sample: { p_event: NewEvent };
  create_source: { p_source: SourceSettings & { provider: string; token_hash: string; token_hint: string } };
  update_source: { p_change: SourceSettings & { enabled?: boolean } };
  record_staff_action: { p_details: Record<string, unknown> };
  record_download: { p_details: { bytes: number } };

  invite_staff: { p_organisations: Organisations };
  change_staff: { p_organisations: Organisations; p_scope_roles: Record<string, StaffRole | undefined> };
  create_api_token: { p_organisations: Organisations };

  list_events: { p_filter: EventFilter; p_cursor: string | null; p_after: string | null };
  count_events: { p_filter: EventFilter };
  event_neighbours: { p_filter: EventFilter };
  read_event_histogram: { p_filter: EventFilter };
  count_event_types: { p_filter: Pick<EventFilter, "from_ts" | "to_ts" | "range"> };
  list_merchant_events: { p_filter: EventFilter; p_cursor: string | null };
  list_replays: { p_filter: ReplayFilter; p_cursor: number | null };
  list_replay_items: { p_outcome: ReplayOutcome | "waiting" | null };
  list_missing_events: { p_selection: Selection };
  list_key_choices: { p_selection: Selection };
  list_destination_deliveries: { p_cursor: number | null };
  list_actions: { p_filter: AuditFilter };

  create_reconciliation: { p_run: NewReconciliation };
  match_entries: { p_entries: EntryKey[] };
  record_page: { p_page: RecordedPage };
  /** Null: it is not tried again. */
  fail_window: { p_retry_ms: number | null };
  note_configuration: { p_configuration: RunConfiguration };
  note_api_requests: { p_id: number | null; p_window: number | null; p_requests: ApiRequestNote[] };
  list_back_fillable: { p_finding_ids: number[] | null };
  back_fill: { p_events: (BackFillEvent | { n: number; finding_id: number })[] };
  finish_back_fill: { p_problem: string | null };
  note_resend: { p_resent: Record<string, number | string | null> };
  due_watches: { p_sources: WatchedSource[] };
  list_own_objects: { p_source_id: number | null; p_types: string[] | null; p_after: string | null };
}

/**
 * Which events: by number (`only_dead`: their dead letters), by a provider's keys (of one organisation or source when given), by a filter of the history, or
 * the failures of another replay.
 */
export type Selection =
  | { event_ids: number[]; only_dead?: true }
  | { provider_slug: string; event_keys: string[]; organisation_id?: string | null; source_id?: number | null }
  | { filter: Record<string, unknown>; limit?: number }
  | { failures_of: number; error_classes?: string[] };

export interface RejectionSample {
  provider: string;
  reason: Database["public"]["Enums"]["rejection_reason"];
  detail: string;
  status_code: number;
  method: string;
  path: string;
  headers: NewEvent["headers"];
  /** Base64. */
  body: string;
  body_size: number;
  /** How much of it was read: the hash is of that. */
  body_read: number;
  body_sha256: string;
  request_id: string;
  source_id: number | null;
  organisation_id: string | null;
  event_key: string | null;
}

/** `count` includes the samples. */
export interface RejectionCount {
  provider: string;
  reason: RejectionSample["reason"];
  organisation_id: string | null;
  count: number;
}

export interface ConfiguredDestination
  extends Pick<
    Destination,
    "slug" | "name" | "kind" | "providers" | "event_types" | "max_attempts" | "base_delay_ms" | "backoff_factor"
  > {
  livemode?: Destination["livemode"];
  url?: string;
  timeout_ms?: number;
  max_concurrency?: number;
  takes_internal?: boolean;
}

type NewSecret = Pick<StoredSecret, "ciphertext" | "hint">;

type DestinationSettings = Pick<
  Destination,
  | "name"
  | "organisation_id"
  | "providers"
  | "event_types"
  | "timeout_ms"
  | "max_attempts"
  | "base_delay_ms"
  | "backoff_factor"
  | "max_concurrency"
  | "rate_per_second"
  | "ordering"
  | "livemode"
> & { url: string };

interface SourceSettings {
  name?: string;
  organisation_id?: string | null;
  company_id?: string | null;
  settings?: Record<string, string>;
  max_per_minute?: number | null;
}
