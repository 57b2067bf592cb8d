/** The closed lists of the product, from the Postgres enums, with their labels. */
import type { Database } from "@/lib/db/database.types";
import type { FilterStatus } from "./status-words";

type Enums = Database["public"]["Enums"];

export type EventStatus = Enums["event_status"];
export type DeliveryStatus = Enums["delivery_status"];
export type AttemptStatus = Enums["attempt_status"];
export type ErrorClass = Enums["error_class"];
export type ParseStatus = Enums["parse_status"];
export type EventFlag = Enums["event_flag"];
export type EventOrigin = Enums["event_origin"];
export type AmountKind = Enums["amount_kind"];
export type LivemodeChoice = Enums["livemode_choice"];
export type TrustLevel = Enums["trust_level"];
export type ReplayStatus = Enums["replay_status"];
export type ReplayOutcome = Enums["replay_outcome"];
export type ChangeEffect = Enums["change_effect"];
export type RejectionReason = Enums["rejection_reason"];
export type SkipReason = Enums["skip_reason"];
export type StaffRole = Enums["staff_role"];
export type ReconciliationStatus = Enums["reconciliation_status"];
export type ReconciliationTrigger = Enums["reconciliation_trigger"];
export type FindingKind = Enums["finding_kind"];
export type FindingState = Enums["finding_state"];
export type CoverageKind = Enums["coverage_kind"];

export const EVENT_STATUS: Record<EventStatus, { label: string; meaning: string }> = {
  received: { label: "Received", meaning: "Stored, and about to be delivered." },
  processing: { label: "Processing", meaning: "Being delivered right now." },
  processed: { label: "Processed", meaning: "Delivered everywhere it should go." },
  failed: { label: "Failed", meaning: "A delivery failed and will be retried automatically." },
  dead: { label: "Dead", meaning: "Retries are exhausted or cannot help. A person must act." },
  replayed: { label: "Replayed", meaning: "Delivered by a replay." },
  resolved: { label: "Resolved", meaning: "Marked as resolved by a user." },
  ignored: {
    label: "Ignored",
    meaning:
      "Stored, but not delivered: no destination receives it, or it is a test, a suspected replay, or another version of an event.",
  },
};

/** The statuses that a filter knows. */
export const FILTER_STATUS: Record<FilterStatus, { label: string }> = {
  ...EVENT_STATUS,
  timeout: { label: "Timed out" },
};

/** What is suspicious about an event that was stored all the same. */
export const EVENT_FLAG: Record<EventFlag, { label: string; meaning: string }> = {
  repeated_keys: {
    label: "A key appears twice",
    meaning: "An object in the body has the same key more than once. The last one counts, here and in the payload.",
  },
  impossible_time: {
    label: "Impossible time",
    meaning: "Its time cannot be read, or cannot be when it happened, so it counts from when it was received.",
  },
  unknown_status: {
    label: "Unknown status",
    meaning: "Redrive does not know the status it reports. Its row has the word, until a known later status comes.",
  },
  internal: {
    label: "Internal",
    meaning: "A private note, or a bot's own message. It is not forwarded to the Agent SDK.",
  },
};

/** What became of an event's money. Nothing was or will be paid of what does not count. */
export const AMOUNT_KIND: Record<AmountKind, { label: string; counts: boolean }> = {
  paid: { label: "paid", counts: true },
  due: { label: "due", counts: true },
  refunded: { label: "refunded", counts: true },
  disputed: { label: "disputed", counts: true },
  authorised: { label: "authorised", counts: true },
  open: { label: "not agreed yet", counts: false },
  failed: { label: "failed", counts: false },
  cancelled: { label: "cancelled", counts: false },
};

export const LIVEMODE_CHOICE: Record<LivemodeChoice, { label: string }> = {
  live: { label: "Live events only" },
  test: { label: "Test mode only" },
  any: { label: "Live and test mode" },
};

export const TRUST: Record<TrustLevel, { label: string }> = {
  signed: { label: "Signed" },
  token: { label: "Token" },
  unsigned: { label: "Unsigned" },
  provider_api: { label: "From the provider's API" },
};

export const DELIVERY_STATUS: Record<DeliveryStatus, { label: string }> = {
  pending: { label: "Waiting" },
  claimed: { label: "In flight" },
  retrying: { label: "Retrying" },
  held: { label: "Held" },
  delivered: { label: "Delivered" },
  dead: { label: "Dead" },
  cancelled: { label: "Cancelled" },
};

/** Where an event came from, as a sentence. */
export const EVENT_ORIGIN: Record<EventOrigin, { label: string; meaning: string }> = {
  webhook: { label: "Webhook", meaning: "Sent by its provider." },
  published: { label: "Published", meaning: "Published by one of your own services." },
  sample: { label: "Sample", meaning: "A sample that a user sent from the console." },
  provider_api: {
    label: "Provider's API",
    meaning: "Never arrived as a webhook. It was read from the provider's API, and is the provider's own event.",
  },
  reconstructed: {
    label: "Reconstructed",
    meaning: "Never arrived as a webhook. Redrive made it from the provider's object: these bytes are ours.",
  },
};
