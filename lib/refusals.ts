/**
 * Why a request is refused: a closed list of codes, each with its data. Commands, queries and lib/auth throw them;
 * app/api/problems maps each to an HTTP status and texts.
 * Long because it is that list.
 */
import type { Permission } from "@/lib/auth/permissions";
import type { AlertKind } from "@/lib/contract/alert-kinds";
import type { Scope } from "@/lib/contract/scopes";
import type { EventStatus, StaffRole } from "@/lib/contract/vocabulary";
import type { Organisations } from "@/lib/scope";

/** What is wrong with a blocked URL or header, and what to do. */
export interface Fault {
  title: string;
  detail: string;
}

/** The caller may not do this, or not now. */
export interface AccessRefusals {
  /** `detail`: why the caller is not authenticated, in a sentence for them. */
  not_authenticated: { detail: string };
  not_permitted: { role: StaffRole | null; permission: Permission };
  other_site: { way: "console" | "link" };
  beyond_scope: { organisations: Organisations; field: string };
  scope_changed: null;
  needs_all_organisations: null;
  too_many_attempts: { seconds: number };
  too_many_sign_ins: { seconds: number };
  sign_in_failed: { isUnavailable: boolean };
  too_many_streams: { most: number };
  too_many_live_streams: null;
}

/** Staff, invitations, sessions and tokens. */
export interface PeopleRefusals {
  no_such_person: null;
  no_such_session: null;
  no_such_token: null;
  /** A person with this e-mail is on the staff already. */
  known: null;
  own_account: null;
  beyond_rights: null;
  last_admin: null;
  no_heir: null;
  has_tokens: null;
  disabled: null;
  role_beyond_rights: { role: StaffRole };
  scopes_beyond_rights: { scopes: readonly Scope[] };
  token_has_no_sessions: null;
  no_sign_in_limit: { kind: "account" | "address" };
  weak_password: { detail: string };
  link_closed: null;
}

/** Events, saved views and searches. */
export interface EventRefusals {
  no_such_event: null;
  /** The event is no data request that was carried out. */
  no_data_request: null;
  no_such_view: null;
  view_name_taken: null;
  too_many_views: null;
  views_need_owner: null;
  bad_cursor: null;
  no_such_provider: { slug: string; known: readonly string[] };
  /** `providers`: those that the filter names. */
  unknown_event_type: { type: string; providers: readonly string[]; known: readonly string[] };
  search_too_wide: { field: "q" | "text" };
  histogram_of_text: null;
  none_to_resolve: null;
  none_to_reopen: null;
  no_such_assignee: { email: string };
  /** The person does not see the event of the organisation. */
  assignee_beyond_scope: { email: string };
  idempotency_key_published: { event_id: string; idempotency_key: string };
}

export interface ReplayRefusals {
  no_such_replay: null;
  no_event_matches: null;
  no_destination: null;
  in_flight: null;
  too_old: { days: number };
  /** Its bytes were deleted, at a time and under a retention of days, where that is known. */
  body_forgotten: { at: string | null; days: number | null };
  too_many: { matched: number; limit: number };
  limit_too_high: { most: number };
  key_reused: { replay: string | null };
  hourly_limit: { organisation: string; used: number; asked: number; limit: number };
  concurrent_limit: { organisation: string; used: number; limit: number };
  not_possible_now: { status: string; action: "pause" | "resume" | "cancel" };
  too_many_chosen: { role: StaffRole | null; most: number };
  events_not_found: { names: readonly string[] };
  /** The id of a dead-letter request. */
  no_such_webhook: null;
  not_a_dead_letter: { id: string; status: EventStatus };
  key_of_several: { event_key: string; choices: readonly KeyOwner[] };
}

/** The owner of one of the events with the same key. */
export interface KeyOwner {
  event_id: string;
  organisation_id: string | null;
  source_id: string | null;
}

export interface DestinationRefusals {
  no_such_destination: null;
  not_managed: null;
  no_endpoint: null;
  masked_url: null;
  masked_header: { name: string };
  changed_meanwhile: null;
  no_encryption_key: null;
  secrets_unreadable: { detail: string };
  unknown_destination_provider: { slug: string };
  bad_url: Fault;
  bad_headers: Fault;
  /** `until`: when deliveries resume, if that is known. */
  not_tried: { because: "disabled" | "paused" | "throttled" | "closed" | "trying"; until: string | null };
  too_many_tests: { most: number };
}

/** Sources, and samples of their providers. */
export interface SourceRefusals {
  no_such_source: null;
  unknown_provider: { slug: string; known: readonly string[] };
  unknown_setting: { provider: string | null; setting: string; known: readonly string[] };
  /** `problem` is read after the setting's label. */
  bad_setting: { setting: string; problem: string };
  samples_off: null;
  sample_unseen: null;
  no_sample: { provider: string; known: readonly string[] };
  sample_secret_missing: { variable: string };
}

/** Keys of providers' APIs, findings, and questions that users ask providers. */
export interface ProviderQuestionRefusals {
  no_such_finding: null;
  no_key_encryption: null;
  /** Only the environment has keys, or none. */
  no_stored_api_key: { provider: string };
  unknown_api_field: { provider: string; name: string; known: readonly string[] };
  /** `problem` is read after the field's label. */
  bad_api_field: { name: string; problem: string };
  api_field_missing: { provider: string; name: string; label: string };
  /** The provider did not answer a question that a user asked. */
  provider_failed: { provider: string; kind: string; detail: string; retryAfterMs: number | null };
  /** The client of the provider cannot do this. */
  not_offered_by_api: { provider: string; what: "check" | "configuration" | "repair" };
  no_such_problem: { code: string };
}

/** Runs of reconciliation, and what brings back what they found. */
export interface ReconciliationRefusals {
  no_such_reconciliation: null;
  /** The provider has no API that could be asked. */
  no_provider_api: { provider: string };
  /** No key: `variables` configure the default source. */
  no_api_key: { provider: string; source: string | null; variables: readonly string[] };
  /** `to_ts` is not after `from_ts`, or all of the span is within what the provider may still send. */
  empty_span: { provider: string; wait_seconds: number };
  beyond_horizon: { provider: string; days: number };
  /** A run that ended cannot be cancelled. */
  reconciliation_ended: { status: string };
  reconciliation_not_ended: { status: string };
  nothing_to_back_fill: null;
  /** A preview of what no destination receives: there is no replay to show. */
  nothing_receives_findings: null;
  repairs_need_right: null;
}

/** Incidents, and what keeps them from being changed or closed. */
export interface IncidentRefusals {
  no_such_incident: null;
  no_such_owner: null;
  incident_too_large: { matched: number; limit: number };
  incident_closed: null;
  incident_not_closed: null;
  /** A recovery or verification is at work. */
  recovery_under_way: null;
  incident_needs_administrator: { action: "grow" | "recover" | "accept" | "close" };
  positions_or_all: null;
  /** Positions of items that may still be brought back, or are verified. */
  not_acceptable: { positions: readonly number[] };
  nothing_to_accept: null;
  incident_not_done: {
    affected: number;
    recovered: number;
    still_missing: number;
    not_accepted: number;
    is_verified: boolean;
  };
  no_such_incident_request: null;
  own_incident_request: null;
  incident_request_decided: null;
}

/** Alerts, their rules and silences. */
export interface AlertRefusals {
  no_such_alert: null;
  alert_has_incident: { incident_id: string };
  no_such_alert_rule: null;
  rule_changed_meanwhile: null;
  first_rule_stays: null;
  /** What rules of this kind cannot be limited to. */
  rule_unfit: { kind: AlertKind; field: string };
  /** The settings that rules of this kind have. */
  rule_settings: { kind: AlertKind; wanted: readonly string[]; more: readonly string[] };
  no_such_silence: null;
  silence_span: null;
  silence_ended: null;
}

export interface EvidenceRefusals {
  /** Nothing can be signed without ENCRYPTION_KEY. */
  no_evidence_key: null;
}

/** Channels, and what people want to be told. */
export interface ChannelRefusals {
  no_such_channel: null;
  channel_changed_meanwhile: null;
  no_channel_encryption: null;
  bad_channel_url: Fault;
  /** A token of the command line: nobody's preferences. */
  preferences_need_person: null;
}

export interface RetentionRefusals {
  /** Fewer days than now. `rows`: how many are older, 1,000,001 for more than a million. */
  retention_unconfirmed: { rows: number };
}

export interface Refusals
  extends AccessRefusals,
    PeopleRefusals,
    EventRefusals,
    ReplayRefusals,
    DestinationRefusals,
    SourceRefusals,
    ProviderQuestionRefusals,
    ReconciliationRefusals,
    IncidentRefusals,
    AlertRefusals,
    EvidenceRefusals,
    ChannelRefusals,
    RetentionRefusals {}

export type RefusalCode = keyof Refusals;

type Data<Code extends RefusalCode> = Refusals[Code] extends null ? [] : [data: Refusals[Code]];

/** An expected refusal, thrown to the caller. */
export class Refusal<Code extends RefusalCode = RefusalCode> extends Error {
  readonly data: Refusals[Code];

  constructor(
    readonly code: Code,
    ...[data]: Data<Code>
  ) {
    super(`Refused: ${code}.`);
    this.name = "Refusal";
    this.data = (data ?? null) as Refusals[Code];
  }
}

/** Whether an error is this refusal. */
export function isRefusal<Code extends RefusalCode>(error: unknown, code: Code): error is Refusal<Code> {
  return error instanceof Refusal && error.code === code;
}
