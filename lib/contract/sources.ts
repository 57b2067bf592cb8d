/** Doors as the API answers them and the console shows them: each provider's default one, and sources with URLs of their own. */
import type { RejectionReason } from "./vocabulary";

export interface SourceProvider {
  provider: string;
  label: string;
  /** How it proves who it is, in a sentence for people. */
  scheme: string;
  /** Where its webhooks are set up, and which variable holds the secret. */
  setup: string;
  /** The variable its secrets or URL tokens stand in. */
  secrets_variable: string;
  /** How many secrets are configured; 0 means that the default door answers 503. */
  secrets: number;
  token_in_url: boolean;
  /** True when an operator lets unsigned requests in. */
  allows_unsigned: boolean;
  /** The default door, to be copied into the provider's settings; `{token}` stands for a token from the variable. */
  url: string;
  /** What a source of this provider may be told. */
  settings: Record<string, { label: string; help: string }>;
  /**
   * Whether a sample can be sent from here: null outside local mode. `missing` is the variable without which none can be
   * signed, null when all is there.
   */
  sample: { missing: string | null } | null;
  last_event: { id: string; event_type: string; received_at: string } | null;
  events_24h: number;
  last_rejection: LastRejection | null;
  rejections_24h: number;
  sources: Source[];
}

/** A refused request, with what it would have been as far as that is known. */
export interface LastRejection {
  reason: RejectionReason;
  detail: string;
  received_at: string;
  organisation_id: string | null;
  source_id: string | null;
  event_key: string | null;
  body_sha256: string | null;
}

export interface Source {
  /** `so_12`. */
  id: string;
  provider: string;
  name: string;
  organisation_id: string | null;
  company_id: string | null;
  /** The token is masked except for its last four characters. */
  url: string;
  token_hint: string;
  /** A token from before the last rotation lets events in until then. */
  previous_token_expires_at: string | null;
  settings: Record<string, string>;
  enabled: boolean;
  created_at: string;
  last_event: { id: string; event_type: string; received_at: string } | null;
}

/** Where a sender posted by mistake: `POST /webhooks/stripe`, without tokens. "unknown" is none of our providers. */
export interface WrongAddress {
  provider: string;
  request: string;
  count: number;
  last_at: string;
}

/** Answer to creating or rotating: the only time the whole URL is seen. */
export interface SourceWithUrl extends Source {
  full_url: string;
}

/** What a sample was, and what the door said to it. */
export interface SentSample {
  provider: string;
  event_type: string;
  event_key: string;
  /** Null when it was rejected. */
  event_id: string | null;
  /** The HTTP status the door answered with. */
  status: number;
  /** In its words, when it refused. */
  refusal: string | null;
}
