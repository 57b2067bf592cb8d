/** The JSON of replays: frozen selections of deliveries that somebody asked to run again, with a reason. */
import type { ChangeResult } from "./events";
import type { Hold, ReplayHold, Trial } from "./holds";
import type { ReplayOptions } from "./replay-options";
import type { DeliveryStatus, ErrorClass, ReplayOutcome, ReplayStatus, SkipReason } from "./vocabulary";

export type ReplayKind = "single" | "keys" | "query" | "criteria" | "failures";

export interface Replay {
  /** `wr_` and the number of the replay. */
  id: string;
  kind: ReplayKind;
  status: ReplayStatus;
  reason: string;
  /** Who asked for it: a person's name or a token's subject. */
  actor: string;
  request_id: string | null;
  options: ReplayOptions;
  selection: Record<string, unknown>;
  /** Events the selection matched. More than were taken when a limit cut it. */
  matched: number;
  /** Deliveries. `succeeded + failed + skipped + in_progress` plus those that wait their turn. */
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  in_progress: number;
  /** Why it stopped by itself. */
  stopped_because: string | null;
  scheduled_at: string;
  created_at: string;
  queued_at: string | null;
  started_at: string | null;
  completed_at: string | null;
}

export interface ReplayPage {
  replays: Replay[];
  next_cursor: number | null;
}

export interface ReplayItem {
  position: number;
  event_id: string;
  event_key: string;
  event_type: string;
  provider_slug: string;
  org_id: string | null;
  received_at: string;
  delivery_id: number;
  destination: string;
  delivery_status: DeliveryStatus;
  /** Null while it waits or runs. */
  outcome: ReplayOutcome | null;
  skip_reason: SkipReason | null;
  error_class: ErrorClass | null;
  detail: string | null;
  finished_at: string | null;
  http_status: number | null;
  duration_ms: number | null;
  /** Tries under this replay. */
  attempts: number;
  next_retry: string | null;
  /** What holds it back while it has not ended; null when nothing does. */
  hold: Hold | null;
  /** The rows it changed: the proof. */
  changes: ChangeResult[];
}

export interface ReplaySummary {
  /** Items per outcome; `waiting` are those without one. */
  outcomes: Partial<Record<ReplayOutcome | "waiting", number>>;
  skip_reasons: Partial<Record<SkipReason, number>>;
  failures: {
    error_class: ErrorClass | null;
    http_status: number | null;
    message: string | null;
    destination: string;
    count: number;
  }[];
  /** Rows created or updated. */
  rows_changed: number;
  /** What holds the deliveries that have not ended, most first. */
  holds: ReplayHold[];
  /** Null for a replay without a trial. */
  trial: Trial | null;
}

export interface Split {
  value: string | null;
  count: number;
}

export interface ReplayPreview {
  events: number;
  deliveries: number;
  to_run: number;
  to_skip: Partial<Record<SkipReason, number>>;
  by: Partial<Record<"provider" | "event_type" | "destination" | "organisation" | "status", Split[]>>;
  oldest: string | null;
  newest: string | null;
  /** At the chosen rate and batches. */
  estimated_seconds: number;
  unhealthy_destinations: string[];
  /** What holds the destinations of what would run. */
  holds: ReplayHold[];
  /** What `tables` destinations would change, one after the other, as it would happen now. */
  changes: {
    created: number;
    updated: number;
    unchanged: number;
    superseded: number;
    /** The first fifty rows that would change, with their values before and after. */
    rows: ChangeResult[];
    /** Deliveries looked at; less than `to_run` only in very large replays. */
    looked_at: number;
    /** Projections that would fail, as `message` and how often. */
    problems: { message: string; count: number }[];
    /** How many of `to_run` these are: they run, and fail before any row is written. */
    will_fail: number;
  };
  /** Customers and money these events speak of, where the provider's file can tell. Minor units per currency. */
  impact: { customers: number; money: { currency: string; amount: number }[] };
}

/** The answer of `POST /api/webhooks/replay/{provider_slug}/{event_key}`, as the OutboundEngine runbook expects it. */
export interface ReplayAnswer {
  /** `replayed` once it succeeded, `queued` while it runs, `failed` when it ended without success. */
  status: "replayed" | "queued" | "failed";
  replay_id: string;
  provider_slug: string;
  event_key: string;
  event_id: string;
  replay_count: number;
  /** The last error, when it failed. */
  error: string | null;
  replay: Replay;
  items: ReplayItem[];
  request_id: string;
}

/** The answer to a request for a replay of several events, or of a selection: the replay, and what became of the request. */
export interface ReplayRequested extends Replay {
  /** The same as `id`. */
  replay_id: string;
  /** Events that were taken: fewer than matched when a limit cut it. */
  taken: number;
  skip_reasons: Partial<Record<SkipReason, number>>;
  /** Keys or ids that no event has. */
  not_found: string[];
  /** For a dry run. */
  preview?: ReplayPreview;
}

export interface Notice {
  id: number;
  subject: string;
  message: string;
  created_at: string;
}
