/** The JSON of events as the API answers it and pages read it. Times are ISO 8601 in UTC. */

import type { Hold } from "./holds";
import type { Replay } from "./replays";
import type {
  AttemptStatus,
  ChangeEffect,
  DeliveryStatus,
  ErrorClass,
  EventFlag,
  EventStatus,
  ParseStatus,
  TrustLevel,
} from "./vocabulary";

export interface EventSummary {
  /** `we_` and the number of the event. */
  id: string;
  provider_slug: string;
  event_key: string;
  event_type: string;
  status: EventStatus;
  trust: TrustLevel;
  parse_status: ParseStatus;
  /** What is odd about it, although it was kept. */
  flags: EventFlag[];
  org_id: string | null;
  company_id: string | null;
  object_id: string | null;
  livemode: boolean | null;
  replay_count: number;
  duplicate_count: number;
  conflict_count: number;
  attempt_count: number;
  last_error: string | null;
  last_error_class: ErrorClass | null;
  occurred_at: string | null;
  received_at: string;
  /** The same as `received_at`, under the name the runbooks use. */
  created_at: string;
  processed_at: string | null;
  body_size: number;
  /** The source it came through, `so_12`; null is the provider's default door. */
  source_id: string | null;
  /** Its bytes came before under another key, and the provider does not sign keys: kept, but delivered only by a replay. */
  suspected_replay: boolean;
  /** A privacy request removed its content then. */
  redacted_at: string | null;
  deliveries: { id: number; destination: string; kind: "tables" | "http"; status: DeliveryStatus }[];
}

export interface EventPage {
  events: EventSummary[];
  /** Opaque: pass it back as `cursor` for the next, older page. Null on the last page. */
  next_cursor: string | null;
  /** Opaque: pass it back as `after` for the page before, newer. Null on the newest page. */
  previous_cursor: string | null;
  /** How many match, counted up to 10,000. Only when it was asked for. */
  total?: number;
}

export interface ChangeResult {
  table: string;
  key: Record<string, string>;
  effect: ChangeEffect;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}

export interface Attempt {
  /** `wa_` and the number of the attempt. */
  id: string;
  /** 1 for the first attempt of its delivery. */
  number: number;
  status: AttemptStatus;
  started_at: string;
  finished_at: string | null;
  duration_ms: number | null;
  http_status: number | null;
  error_class: ErrorClass | null;
  error: string | null;
  response_headers: [string, string][] | null;
  /** Up to 16 KB of the answer's body as text. */
  response_body: string | null;
  response_truncated: boolean;
  /** When the next attempt was due, for a failed attempt that is retried. */
  retry_at: string | null;
  replay_id: string | null;
  worker: string;
  changes: ChangeResult[];
}

export interface Delivery {
  id: number;
  destination: {
    id: number;
    slug: string;
    name: string;
    kind: "tables" | "http";
    url: string | null;
    /** Null: without a limit, or another organisation's. */
    rate_per_second: number | null;
  };
  status: DeliveryStatus;
  attempt_count: number;
  /** Attempts of the current run. A replay starts counting again. */
  tries: number;
  /** Of the run it is in. */
  max_attempts: number;
  /** What holds deliveries to its destination just now; null when nothing does. */
  hold: Hold | null;
  due_at: string | null;
  last_error_class: ErrorClass | null;
  last_error: string | null;
  last_http_status: number | null;
  replay_id: string | null;
  created_at: string;
  finished_at: string | null;
  attempts: Attempt[];
}

export interface EventDetail extends Omit<EventSummary, "deliveries"> {
  method: string;
  path: string;
  /** Received headers in order; secrets and signatures read `[redacted]`. */
  headers: [string, string][];
  content_type: string | null;
  /** The received bytes. Secrets in them are covered with asterisks, so they may not match the hash. */
  body_base64: string;
  /** Secrets in the body are covered, so what is shown differs from what was received and is delivered. */
  body_covered: boolean;
  /** Hex, of the bytes as they were received. */
  body_sha256: string;
  request_id: string | null;
  deliveries: Delivery[];
  replays: Replay[];
  /** When users marked it as handled, oldest first. */
  resolutions: Resolution[];
}

/** A person marked the event as handled: nothing was delivered. */
export interface Resolution {
  actor: string;
  reason: string;
  resolved_at: string;
}

/** What stands right beside an event in the filtered history; null at its ends. */
export interface EventNeighbours {
  newer: string | null;
  older: string | null;
}

/** Why an event is related: it names the same object, or it changed a row that this one changed. */
export type Sameness = "object" | "rows";

export interface RelatedEvent
  extends Pick<EventSummary, "id" | "provider_slug" | "event_key" | "event_type" | "status" | "received_at"> {
  /** Empty for the event itself. */
  same: Sameness[];
  /** It came after the event that was asked about. */
  is_newer: boolean;
}

export interface RelatedEvents {
  /** Newest first, the event itself among them. */
  events: RelatedEvent[];
}
