/** The closed lists of the product, taken from the Postgres enums, with the words people read. */
import type { Database } from "@/lib/db/database.types";

type Enums = Database["public"]["Enums"];

export type EventStatus = Enums["event_status"];
export type DeliveryStatus = Enums["delivery_status"];
export type AttemptStatus = Enums["attempt_status"];
export type ErrorClass = Enums["error_class"];
export type ParseStatus = Enums["parse_status"];
export type EventFlag = Enums["event_flag"];
export type TrustLevel = Enums["trust_level"];
export type ReplayStatus = Enums["replay_status"];
export type ReplayOutcome = Enums["replay_outcome"];
export type ChangeEffect = Enums["change_effect"];
export type RejectionReason = Enums["rejection_reason"];
export type SkipReason = Enums["skip_reason"];
export type StaffRole = Enums["staff_role"];

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
    meaning: "Stored, but not delivered: no destination receives it, or it is a suspected replay.",
  },
};

/** What is odd about an event that was kept all the same. */
export const EVENT_FLAG: Record<EventFlag, { label: string; meaning: string }> = {
  repeated_keys: {
    label: "A key appears twice",
    meaning: "An object in the body has the same key more than once. The last one counts, here and in the payload.",
  },
  impossible_time: {
    label: "Impossible time",
    meaning: "Its time cannot be read, or cannot be when it happened, so it counts from when it was received.",
  },
};

export const TRUST: Record<TrustLevel, { label: string }> = {
  signed: { label: "Signed" },
  token: { label: "Token" },
  unsigned: { label: "Unsigned" },
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

/** What went wrong, in words, and what a person can do about it. */
export const ERROR_CLASS: Record<ErrorClass, { label: string; hint: string }> = {
  timeout: {
    label: "Timed out",
    hint: "The endpoint did not answer in time. Check that it is up and not overloaded, then replay.",
  },
  connection_refused: {
    label: "Connection refused",
    hint: "Nothing listens at that address. Start the endpoint or correct its URL, then replay.",
  },
  connection_reset: {
    label: "Connection reset",
    hint: "The endpoint closed the connection before it answered. Look for a crash or a proxy limit, then replay.",
  },
  dns: {
    label: "Host not found",
    hint: "The host name does not resolve. Check its spelling and its DNS records, then replay.",
  },
  tls: {
    label: "TLS failed",
    hint: "The certificate or the TLS handshake was refused. Renew or correct the certificate, then replay.",
  },
  http_4xx: {
    label: "Refused by the endpoint (4xx)",
    hint: "The endpoint answered that the request is wrong. A retry will not help: fix the endpoint, then replay.",
  },
  http_401: {
    label: "Not authorised (401 or 403)",
    hint: "The endpoint rejected Redrive's credentials or signature. Check the signing secret, then replay.",
  },
  http_422: {
    label: "Payload not understood (422)",
    hint: "The endpoint could not use this payload. Compare it with what the endpoint expects, fix that, then replay.",
  },
  http_429: {
    label: "Too many requests (429)",
    hint: "The endpoint asked Redrive to slow down. Retries wait as long as it asked.",
  },
  http_5xx: {
    label: "Endpoint error (5xx)",
    hint: "The endpoint failed while it handled the event. Check its log for the time below, fix it, then replay.",
  },
  redirect: {
    label: "Redirected",
    hint: "The endpoint answered with a redirect, which is never followed. Enter its final URL, then replay.",
  },
  response_too_large: {
    label: "Answer too large",
    hint: "The endpoint's answer was too large to be read. It should answer with a short body.",
  },
  blocked_address: {
    label: "Address not allowed",
    hint: "The host leads to a private address. If that is intended, allow the network in EGRESS_ALLOW_PRIVATE, then replay.",
  },
  delivery_loop: {
    label: "Delivery loop",
    hint: "The destination leads back to an endpoint of Redrive. Change its URL, or the relay behind it, so that it ends elsewhere.",
  },
  invalid_payload: {
    label: "Unexpected payload",
    hint: "The event does not have the documented shape, so its rows cannot be written. The message names the field.",
  },
  constraint: {
    label: "Refused by the database",
    hint: "A rule of the database refused the change. The message names it. Correct the data, then replay.",
  },
  handler_error: {
    label: "Handler failed",
    hint: "Redrive's own code failed on this event. Give the message to an engineer.",
  },
  lease_expired: {
    label: "Interrupted",
    hint: "The process that worked on it stopped before it reported a result. It is retried automatically until its attempts are used up.",
  },
};

export const REPLAY_STATUS: Record<ReplayStatus, { label: string }> = {
  draft: { label: "Draft" },
  queued: { label: "Queued" },
  running: { label: "Running" },
  paused: { label: "Paused" },
  completed: { label: "Completed" },
  stopped: { label: "Stopped" },
  cancelled: { label: "Cancelled" },
};

/** What a replayed delivery did. `already_correct` and `superseded` were delivered, and nothing changed. */
export const REPLAY_OUTCOME: Record<ReplayOutcome, { label: string; meaning: string }> = {
  changed: { label: "Changed", meaning: "Rows were created or updated." },
  already_correct: { label: "Already correct", meaning: "Delivered, and the rows were already correct." },
  superseded: { label: "Superseded", meaning: "Delivered, but newer events had written the rows." },
  delivered: { label: "Delivered", meaning: "The endpoint accepted it." },
  failed: { label: "Failed", meaning: "It failed again. The reason is shown with it." },
  skipped: { label: "Skipped", meaning: "It did not run. The reason is shown with it." },
};

export const SKIP_REASON: Record<SkipReason, { label: string; hint: string }> = {
  already_applied: { label: "Already delivered", hint: "Turn off “Skip already delivered events” to send it again." },
  superseded: { label: "Superseded", hint: "The endpoint has a newer event of the same object." },
  too_old: { label: "Too old", hint: "It is older than events may be replayed." },
  destination_paused: { label: "Destination paused", hint: "Resume the destination, then replay." },
  destination_disabled: { label: "Destination disabled", hint: "Enable the destination, then replay." },
  in_flight: { label: "In flight", hint: "It was waiting or being delivered at that moment." },
  predecessor_failed: {
    label: "Waits for an earlier one",
    hint: "An earlier event of the same object failed in this replay.",
  },
  stopped: { label: "Replay stopped", hint: "The replay stopped before it ran. Nothing was changed." },
  cancelled: { label: "Replay cancelled", hint: "The replay was cancelled before it ran. Nothing was changed." },
};
