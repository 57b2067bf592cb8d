/** What SQL takes and answers of the evidence of incidents, and of what staff note about events. */
import type { EventAssignee, EventNote } from "@/lib/contract/api/event-notes";
import type { IncidentItem } from "@/lib/contract/api/incident-items";
import type { Incident, IncidentRequest, IncidentStepState } from "@/lib/contract/api/incidents";
import type { Reconciliation } from "@/lib/contract/reconciliations";
import type { Replay } from "@/lib/contract/replays";
import type { BodyForgotten } from "./retention";

type Counts = Incident["counts"];

export interface EvidenceOfOrganisation {
  org_id: string | null;
  counts: Counts;
  /** Items that a replay ran, and those of them that arrived. */
  replayed: number;
  arrived: number;
  /** From opening to verified. */
  median_seconds: number | null;
}

/** What the evidence says about the incident as a whole. */
export interface EvidenceHead
  extends Pick<
    Incident,
    | "id"
    | "title"
    | "cause"
    | "severity"
    | "state"
    | "opened_by"
    | "actor"
    | "owner"
    | "from_ts"
    | "to_ts"
    | "organisations"
    | "counts"
    | "money"
    | "opened_at"
    | "responded_at"
    | "verified_at"
    | "closed_at"
    | "closed_by"
    | "reopened_at"
  > {
  selection: Record<string, unknown>;
  recovery: Record<string, unknown> | null;
  recovering_at: string | null;
  verifying_at: string | null;
  by_organisation: EvidenceOfOrganisation[];
  by_type: { provider: string; event_type: string; counts: Counts }[];
  steps: IncidentStepState[];
  runs: (Reconciliation & { purpose: "find" | "verify" })[];
  requests: IncidentRequest[];
  config: Record<"destinations" | "sources" | "watches", Record<string, unknown>[]>;
}

export interface EvidenceItem
  extends Pick<
    IncidentItem,
    | "position"
    | "identity"
    | "event_type"
    | "event_id"
    | "finding_id"
    | "object_id"
    | "source_id"
    | "customer_id"
    | "occurred_at"
    | "amount"
    | "currency"
    | "cause"
    | "state"
    | "reason"
    | "accepted_by"
    | "accepted_at"
    | "replay_id"
    | "proof"
    | "changed_at"
  > {
  provider: string;
  organisation: string | null;
  received_at: string | null;
  origin: string | null;
  trust: string | null;
  request_id: string | null;
  /** Hex; null until it is here. */
  body_sha256: string | null;
  body_size: number | null;
}

/** A line of a list: its id, by which the next page begins, and what else it says. */
export type EvidenceLine = { id: number } & Record<string, unknown>;

export interface EvidenceBody {
  event_id: string;
  provider_slug: string;
  content_encoding: string | null;
  /** Null when it was deleted. */
  body_base64: string | null;
  body_forgotten: BodyForgotten | null;
}

export type EventAssigned =
  | { result: "assigned"; assignee: EventAssignee | null }
  | { result: "not_found" | "no_such_person" | "beyond_scope" };

export interface EvidenceAnswers {
  read_evidence: EvidenceHead | null;
  list_evidence_items: EvidenceItem[];
  list_evidence_log: EvidenceLine[];
  list_evidence_requests: EvidenceLine[];
  list_evidence_rejections: EvidenceLine[];
  list_evidence_replays: (Replay & { number: number; actor_id: string; stage: number | null })[];
  read_evidence_bodies: EvidenceBody[];
  /** False when the caller may see no such incident. */
  note_evidence: boolean;
  list_event_notes: EventNote[] | null;
  note_event: EventNote | null;
  assign_event: EventAssigned;
  reopen_events: number;
}

export interface EvidenceArguments {
  note_evidence: { p_details: { payloads: boolean } };
  assign_event: { p_assignee: string | null };
}
