/** What SQL takes and returns on the way of an event: store, claim, record. */
import type {
  AmountKind,
  DeliveryStatus,
  ErrorClass,
  EventFlag,
  EventOrigin,
  ParseStatus,
  TrustLevel,
} from "@/lib/contract/vocabulary";

type HeaderPairs = readonly (readonly [string, string])[];

/** One event as accept_events stores it. */
export interface NewEvent {
  source_id: number | null;
  provider: string;
  event_key: string;
  event_type: string;
  trust: TrustLevel;
  parse_status: ParseStatus;
  flags: EventFlag[];
  organisation_id: string | null;
  company_id: string | null;
  object_id: string | null;
  replaces_older: boolean;
  livemode: boolean | null;
  unsigned_key: boolean;
  secret_fields: string[] | null;
  /** Base64 of the received bytes. Null when they were deleted after the delivery was handed out. */
  body: string | null;
  /** Compression would not make them smaller. */
  is_dense?: boolean;
  /** Base64 of the bytes that the payload is made of, when they differ from the body. */
  shown_body: string | null;
  fingerprint: string;
  rendering: string | null;
  equal_bytes: "unusual" | "usual" | "of_type" | null;
  method: string;
  path: string;
  headers: HeaderPairs;
  content_type: string | null;
  request_id: string;
  /** Of the span that received it, where traces are exported. */
  traceparent?: string;
  occurred_at: string | null;
  object_type: string | null;
  customer_id: string | null;
  /** In minor units: see lib/contract/money.ts. */
  amount: number | null;
  amount_kind: AmountKind | null;
  currency: string | null;
  terms: string[];
  logical_key: string | null;
  origin: EventOrigin;
}

export interface Acceptance {
  event_id: number;
  outcome: "accepted" | "duplicate" | "conflict";
  suspected_replay: boolean;
  /** The kinds of destinations that have work by its batch. Missing or null: not known. */
  wakes?: ("tables" | "http")[] | null;
}

export interface StoredToken {
  id: number;
  provider: string;
  organisation_id: string | null;
  company_id: string | null;
  settings: Record<string, string>;
  max_per_minute: number | null;
  token_hash: string;
  previous_token_hash: string | null;
  previous_ends_in_ms: number | null;
}

/** What all processes know of a network that sends webhooks. */
export interface KnownSender {
  network: string;
  ahead_ms: number;
  /** Null: nothing that was verified within a day. */
  genuine_ms_ago: number | null;
}

/** An event as event_for_projection() returns it. */
export interface ProjectableRow {
  id: number;
  provider: string;
  event_key: string;
  event_type: string;
  received_at: string;
  occurred_at: string | null;
  organisation_id: string | null;
  company_id: string | null;
  /** False for a provider's test mode. */
  livemode: boolean | null;
  /** Of the source it came through, if any. */
  settings: Record<string, string> | null;
  /** Of a Shopify event: the shop that its headers name. */
  shop: string | null;
  /** Base64 of the received bytes. */
  body: string;
  /** As received; null when the bytes are the content. */
  content_encoding: string | null;
}

/** One item of a replay, as its preview takes it. */
export interface ProjectableItem {
  position: number;
  kind: "tables" | "http";
  event: ProjectableRow;
}

/** One leased delivery, with everything that is needed to deliver it. */
export interface Work {
  delivery_id: number;
  fence: number;
  attempt_id: number;
  attempt_number: number;
  /** The number of the try since it was last set to pending: 1 is the first. */
  try: number;
  replay_id: number | null;
  event: ProjectableRow & { headers: HeaderPairs; content_type: string | null; traceparent: string | null };
  destination: {
    id: number;
    slug: string;
    kind: "tables" | "http";
    url: string | null;
    /** As stored: encrypted, see lib/destinations/secrets.ts. */
    headers: Record<string, string>;
    /** As stored, newest first. Expired ones do not sign any more. */
    secrets: { ciphertext: string; created_at: string; expires_at: string | null }[];
    timeout_ms: number;
    max_attempts: number;
    base_delay_ms: number;
    backoff_factor: number;
  };
  /** Which slots it takes, see lib/pipeline/slots.ts. Without `shares` in the claim: proven. */
  pace: "proven" | "unproven" | "slow";
}

export interface Claim {
  work: Work[];
  /**
   * Milliseconds until the next delivery may start; null when none waits, or when those that wait need another one to end.
   */
  next_due_ms: number | null;
  /** Destinations with due work that this claim left: the end of a delivery to one of them may free capacity. */
  waiting: number[];
}

/** Row changes, as lib/providers makes them and apply_changes applies them. */
export interface RowChange {
  table: string;
  key: Record<string, string>;
  values: Record<string, unknown>;
  version: string;
  state?: { before: (string | null)[]; after: string[] };
  event?: { provider: string; key: string; received: string };
}

/** How an attempt ended, the input of record_attempts. */
export interface AttemptResult {
  delivery_id: number;
  fence: number;
  delivered: boolean;
  duration_ms: number;
  /** Null: it is not retried. */
  retry_in_ms?: number | null;
  http_status?: number | null;
  error_class?: ErrorClass | null;
  error?: string | null;
  response_headers?: [string, string][] | null;
  /** Base64. */
  response_body?: string | null;
  response_truncated?: boolean;
  /** For how long nothing is sent to the destination. */
  throttle_ms?: number | null;
  changes?: RowChange[];
}

export interface Recorded {
  delivery_id: number;
  /** False: another worker has the delivery by now, so this result does not count. Or `busy` is set. */
  recorded: boolean;
  /** Another transaction is changing its rows: nothing was recorded yet. */
  busy?: boolean;
  status?: DeliveryStatus;
  error_class?: ErrorClass | null;
  error?: string | null;
}
