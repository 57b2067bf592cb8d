/** Answers of SQL to reads, where they differ from the API's (lib/contract). */
import type { Analytics } from "@/lib/contract/analytics";
import type { MerchantEvent } from "@/lib/contract/api/merchant-answers";
import type { Destination, DestinationDelivery } from "@/lib/contract/destinations";
import type { Attempt, Delivery, EventDetail } from "@/lib/contract/events";
import type { Topic } from "@/lib/contract/live";
import type { ReplayPreview } from "@/lib/contract/replays";
import type { Source, SourceProvider } from "@/lib/contract/sources";
import type { ErrorClass, ParseStatus } from "@/lib/contract/vocabulary";
import type { BodyForgotten } from "./retention";

export type StoredAttempt = Omit<Attempt, "response_body"> & { response_body_base64: string | null };

/** An event with its bytes unmasked. */
export type StoredEvent = Omit<EventDetail, "deliveries" | "body_covered" | "content_base64"> & {
  content_encoding: string | null;
  deliveries: (Omit<Delivery, "attempts"> & { attempts: StoredAttempt[] })[];
};

export interface StoredBody {
  provider_slug: string;
  parse_status: ParseStatus;
  content_encoding: string | null;
  /** Null when it was deleted. */
  body_base64: string | null;
  body_forgotten: BodyForgotten | null;
}

/** What is stored about the person of a data request, without the content of the events. */
export interface PersonFound {
  request: Record<string, unknown>;
  rows: Record<string, Record<string, unknown>[]>;
  event_ids: number[];
}

export interface EventOfPerson {
  event_id: string;
  provider: string;
  event_type: string;
  event_key: string;
  organisation_id: string | null;
  occurred_at: string | null;
  received_at: string;
  body_base64: string | null;
  body_forgotten: BodyForgotten | null;
}

export interface MerchantEvents {
  events: MerchantEvent[];
  next_cursor: string | null;
}

export interface ReplayFailure {
  position: number;
  event_id: string;
  error_class: ErrorClass | null;
  detail: string | null;
  http_status: number | null;
  finished_at: string | null;
  /** Under this replay. */
  tries: number;
  /** Set while it will be retried automatically. */
  next_retry: string | null;
}

/** `total` counts all of them. */
export interface ReplayFailures {
  total: number;
  failures: ReplayFailure[];
}

/** A key that several events have, and those events. */
export interface KeyChoice {
  event_key: string;
  choices: { event_id: string; organisation_id: string | null; source_id: string | null }[];
}

/** The part of a preview that consists of counts. */
export type CountedReplay = Omit<ReplayPreview, "changes" | "impact" | "holds" | "estimated_seconds"> & {
  average_ms: number;
};

export type DestinationWithoutHealth = Omit<Destination, "health" | "state" | "hold">;
export type DestinationHealthOf = Pick<Destination, "health" | "state" | "hold">;

export interface DestinationDeliveries {
  deliveries: DestinationDelivery[];
  next_cursor: number | null;
}

export type SourcesOfProvider = Pick<
  SourceProvider,
  "last_event" | "events_24h" | "last_rejection" | "rejections_24h"
> & { sources: Omit<Source, "url">[] };

export type ReadAnalytics = Omit<Analytics, "range" | "total_processed" | "success_rate" | "missing_secrets">;

/** What changed since a cursor, and where to resume. */
export interface Changes {
  cursor: string;
  reset: boolean;
  topics: Topic[];
  event_ids: number[] | null;
  replay_ids: number[] | null;
}

export interface Condition extends Pick<Analytics, "waiting" | "dead_letters" | "running_replays" | "events_stored"> {
  at: string;
  read_only: boolean;
  standby: boolean;
  requests: { provider: string; accepted: number; rejected: number }[];
}
