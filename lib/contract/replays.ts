/** The JSON of a replay: a frozen selection of deliveries that somebody asked to run again, with a reason. */
import type { ReplayOutcome, ReplayStatus } from "./vocabulary";

export interface Replay {
  /** `wr_` and the number of the replay. */
  id: string;
  kind: string;
  status: ReplayStatus;
  reason: string;
  /** Who asked for it: a person's name or a token's subject. */
  actor: string;
  request_id: string | null;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
}

export interface ReplayItem {
  event_id: string;
  event_key: string;
  destination: string;
  outcome: ReplayOutcome | null;
  detail: string | null;
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
