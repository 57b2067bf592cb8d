/** Destinations as the API answers them and the console shows them. Secrets never leave: a hint is all there is to see. */
import type { Database } from "@/lib/db/database.types";
import type { Hold } from "./holds";
import type { ErrorClass } from "./vocabulary";

type Enums = Database["public"]["Enums"];
export type DestinationKind = Enums["destination_kind"];
export type DeliveryOrdering = Enums["delivery_ordering"];
export type BreakerState = Enums["breaker_state"];

/**
 * Stands where a header's value, or the password or a query value of a URL is not shown. Sent back in a change it means:
 * as it is.
 */
export const MASK = "••••";

/** Answer to creating, rotating, or leading it to another host: the only time the secret is seen. */
export interface DestinationWithSecret {
  destination: Destination;
  secret: string;
}

/**
 * What a destination is doing, in one word. `failing`: most attempts of the last minutes failed. `open`: its circuit is open,
 * deliveries wait for a probe. `throttled`: it asked us to slow down. `idle`: nothing was sent lately.
 */
export type DestinationState =
  | "healthy"
  | "idle"
  | "slow"
  | "failing"
  | "throttled"
  | "open"
  | "half_open"
  | "paused"
  | "disabled";

export interface Destination {
  /** `ds_12`. */
  id: string;
  slug: string;
  name: string;
  kind: DestinationKind;
  /** False: it comes from the configuration, and only pausing, enabling and testing are possible here. */
  managed: boolean;
  organisation_id: string | null;
  /** Null for `tables`. Passwords and query values are masked. */
  url: string | null;
  providers: string[];
  event_types: string[];
  /** Custom headers by name; values are masked. */
  headers: Record<string, string>;
  timeout_ms: number;
  max_attempts: number;
  base_delay_ms: number;
  backoff_factor: number;
  max_concurrency: number;
  rate_per_second: number | null;
  ordering: DeliveryOrdering;
  enabled: boolean;
  disabled_at: string | null;
  disabled_because: string | null;
  paused_at: string | null;
  /** Newest first. Older ones also sign until they expire. */
  secrets: { hint: string; created_at: string; expires_at: string | null }[];
  created_at: string;
  updated_at: string;
  state: DestinationState;
  /** What holds its deliveries back; null when nothing does. */
  hold: Hold | null;
  health: DestinationHealth;
}

export interface DestinationHealth {
  /** Of the attempts in the last 24 hours. */
  succeeded: number;
  failed: number;
  /** Percent; null when nothing was sent. */
  success_rate: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  consecutive_failures: number;
  failing_since: string | null;
  last_success_at: string | null;
  last_failure_at: string | null;
  last_error_class: ErrorClass | null;
  last_error: string | null;
  breaker: BreakerState;
  /** When the open circuit lets one test delivery through. */
  breaker_probe_at: string | null;
  throttled_until: string | null;
  /** Pending or due for a retry. Deliveries in flight are not counted. */
  waiting: number;
  /** Held because it is, or was a moment ago, paused or disabled. */
  held: number;
  dead: number;
  /** How long what is held or waiting takes at the destination's rate; null without one. */
  drain_seconds: number | null;
  /** 24 hours in hours, oldest first. */
  hours: { at: string; succeeded: number; failed: number; p95_ms: number | null }[];
}

/** One of the newest deliveries of a destination. */
export interface DestinationDelivery {
  delivery_id: number;
  event_id: string;
  event_type: string;
  provider: string;
  status: Enums["delivery_status"];
  http_status: number | null;
  error_class: ErrorClass | null;
  error: string | null;
  duration_ms: number | null;
  attempt_count: number;
  replay_id: string | null;
  created_at: string;
  finished_at: string | null;
}

/** What a test of an endpoint found. `dns`, `tls` and `time` say how far it came. */
export interface EndpointTest {
  success: boolean;
  responseCode: number | null;
  /** Milliseconds from the DNS lookup to the end of the answer. */
  responseTime: number;
  responseHeaders: Record<string, string>;
  /** Parsed when it is JSON, else text; null when there was none. */
  responseBody: unknown;
  truncated: boolean;
  error_class: ErrorClass | null;
  error: string | null;
  hint: string | null;
  dns: { ok: boolean; addresses: number; ms: number } | null;
  tls: { issuer: string; subject: string; valid_to: string; days_left: number; protocol: string } | null;
}
