/** Answers of the events API: the types, the documentation and the tests are made from these schemas. */
import { z } from "zod";
import { eventAssignee, eventNote, reopening } from "./event-notes";
import { hold } from "./holds";
import { foundBy } from "./reconciliations";
import { replay } from "./replay-answers";
import {
  amountKind,
  attemptStatus,
  changeResult,
  count,
  deliveryStatus,
  errorClass,
  eventFlag,
  eventOrigin,
  eventStatus,
  parseStatus,
  time,
  trustLevel,
} from "./values";

const summaryFields = {
  id: z.string().describe("we_ and the number of the event."),
  provider_slug: z.string(),
  event_key: z.string().describe("The provider's own id of the event."),
  event_type: z.string(),
  status: eventStatus,
  trust: trustLevel,
  parse_status: parseStatus,
  flags: z
    .array(eventFlag)
    .describe("What is odd about it: a key that appears twice (the last counts), an impossible time."),
  org_id: z.string().nullable(),
  company_id: z.string().nullable(),
  object_id: z.string().nullable(),
  object_type: z.string().nullable().describe("What object_id names, in the provider's word: invoice, order."),
  customer_id: z.string().nullable().describe("The provider's own id of the customer; null where it names none."),
  amount: z
    .int()
    .nullable()
    .describe(
      "Of the object as the event leaves it, in minor units: 2 decimals, 0 or 3 in currencies that Stripe lists.",
    ),
  amount_kind: amountKind.nullable(),
  currency: z.string().nullable(),
  livemode: z.boolean().nullable().describe("False for a provider's test mode, null where it has none."),
  replay_count: count,
  duplicate_count: count,
  conflict_count: count.describe("How many other versions came: different bytes under the same key."),
  variant_of: z
    .string()
    .nullable()
    .describe("The first event with this key, when this one is another version of it. Delivered only by a replay."),
  attempt_count: count,
  last_error: z.string().nullable(),
  last_error_class: errorClass.nullable(),
  occurred_at: time.nullable(),
  received_at: time,
  created_at: time.describe("The same as received_at, under the runbooks' name."),
  processed_at: time.nullable(),
  body_size: count,
  source_id: z.string().nullable().describe("The source that received it; null is the provider's default endpoint."),
  suspected_replay: z
    .boolean()
    .describe("An identical body arrived earlier, which is unusual for this type. Delivered only by a replay."),
  redacted_at: time.nullable().describe("When a privacy request removed its content."),
};

const kind = z.enum(["tables", "http"]);

export const eventSummary = z
  .object({
    ...summaryFields,
    deliveries: z.array(z.object({ id: z.int(), destination: z.string(), kind, status: deliveryStatus })),
  })
  .meta({ id: "EventSummary" });
export type EventSummary = z.infer<typeof eventSummary>;

export const eventPage = z.object({
  events: z.array(eventSummary),
  next_cursor: z.string().nullable().describe("Pass it back as cursor for the next, older page."),
  previous_cursor: z.string().nullable().describe("Pass it back as after for the page before, newer."),
  total: count.optional().describe("With count=1: how many match, counted up to 10,000."),
});
export type EventPage = z.infer<typeof eventPage>;

const version = z.object({
  id: z.string(),
  is_first: z.boolean().describe("The version that came first, and was delivered."),
  status: eventStatus,
  event_type: z.string(),
  body_size: count,
  /** Hex. */
  body_sha256: z.string(),
  duplicate_count: count,
  received_at: time,
});
export type EventVersion = z.infer<typeof version>;

const headers = z.array(z.tuple([z.string(), z.string()]));

const attempt = z
  .object({
    id: z.string().describe("wa_ and the number of the attempt."),
    /** 1 for the first attempt of its delivery. */
    number: z.int().min(1),
    status: attemptStatus,
    started_at: time,
    finished_at: time.nullable(),
    duration_ms: count.nullable(),
    http_status: z.int().nullable(),
    error_class: errorClass.nullable(),
    error: z.string().nullable(),
    response_headers: headers.nullable(),
    /** Up to 16 KB of the answer as text. */
    response_body: z.string().nullable(),
    response_truncated: z.boolean(),
    /** When the next attempt was due, for a failed attempt that is retried. */
    retry_at: time.nullable(),
    replay_id: z.string().nullable(),
    worker: z.string(),
    changes: z.array(changeResult),
  })
  .meta({ id: "Attempt" });
export type Attempt = z.infer<typeof attempt>;

const delivery = z
  .object({
    id: z.int(),
    destination: z.object({
      id: z.int(),
      slug: z.string(),
      name: z.string(),
      kind,
      url: z.string().nullable(),
      rate_per_second: z.number().nullable().describe("Null: no limit, or another organisation's destination."),
    }),
    status: deliveryStatus,
    attempt_count: count,
    tries: count.describe("Attempts of the current run. A replay starts counting again."),
    /** Of the run that the delivery is in. */
    max_attempts: count,
    hold: hold.nullable(),
    due_at: time.nullable(),
    last_error_class: errorClass.nullable(),
    last_error: z.string().nullable(),
    last_http_status: z.int().nullable(),
    replay_id: z.string().nullable(),
    created_at: time,
    finished_at: time.nullable(),
    attempts: z.array(attempt),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof delivery>;

/** A user marked the event as handled: nothing was delivered. */
const resolution = z.object({ actor: z.string(), reason: z.string(), resolved_at: time });
export type Resolution = z.infer<typeof resolution>;

const privacyRequest = z.object({
  kind: z.enum(["customers/data_request", "customers/redact", "shop/redact"]),
  shop: z.string(),
  customer_id: z.string().nullable(),
  requested_at: time,
  events_changed: count.describe("Events whose content it removed."),
  rows_changed: count.describe("Rows whose personal columns it emptied."),
  changed: z.record(z.string(), count).describe("How many of what else, and how many rows of each table."),
});

export const eventDetail = z
  .object({
    ...summaryFields,
    method: z.string(),
    path: z.string(),
    headers: headers.describe("As received, in order. Secrets and signatures are [redacted]."),
    content_type: z.string().nullable(),
    body_base64: z
      .string()
      .describe("The received bytes, of a large body the first MiB. Secrets in them are masked with asterisks."),
    body_forgotten: z
      .object({ at: time.nullable(), days: count.nullable() })
      .nullable()
      .describe("When the bytes were deleted, and under a retention of how many days. Null while they are here."),
    body_cut: z.boolean().describe("Whether body_base64 is only the beginning. `/body` has all of it."),
    content_base64: z
      .string()
      .nullable()
      .describe("For a compressed body, the bytes it unfolds to, up to 1 MiB. Null when the bytes are the content."),
    body_covered: z.boolean().describe("Whether secrets are masked, so that the bytes do not match the hash."),
    /** Hex, of the bytes as they were received. */
    body_sha256: z.string(),
    request_id: z.string().nullable(),
    origin: eventOrigin.describe(
      "How it came: webhook, published, sample, provider_api (read from the provider's API), reconstructed (made by Redrive " +
        "from an object of that API).",
    ),
    found: foundBy.nullable().describe("The newest run of reconciliation that found it missing or wrong."),
    versions: z
      .array(version)
      .describe("The other versions that came under this key, oldest first; at most ten are kept besides the first."),
    deliveries: z.array(delivery),
    replays: z.array(replay),
    privacy_request: privacyRequest.nullable().describe("What it asked for and changed, when it is a privacy request."),
    resolutions: z.array(resolution).describe("When users marked it as handled, oldest first."),
    reopenings: z.array(reopening).describe("When users took that back, oldest first."),
    notes: z.array(eventNote).describe("Notes of staff, oldest first; the newest 200."),
    assignee: eventAssignee.nullable().describe("Who takes care of it."),
  })
  .meta({ id: "EventDetail" });
export type EventDetail = z.infer<typeof eventDetail>;

const neighbour = z.string().nullable();

export const eventNeighbours = z.object({
  newer: neighbour.describe("The next event that matches the filter and came later; null when there is none."),
  older: neighbour.describe("The next one that came earlier."),
});
export type EventNeighbours = z.infer<typeof eventNeighbours>;

const relatedEvent = z.object({
  id: summaryFields.id,
  provider_slug: summaryFields.provider_slug,
  event_key: summaryFields.event_key,
  event_type: summaryFields.event_type,
  status: eventStatus,
  received_at: time,
  same: z
    .array(z.enum(["object", "rows"]))
    .describe("Why: it names the same object, or changed a row that this event changed. Empty for itself."),
  is_newer: z.boolean(),
});
export type RelatedEvent = z.infer<typeof relatedEvent>;

export const relatedEvents = z.object({
  events: z.array(relatedEvent).describe("Newest first, the event itself among them; at most 25 on either side."),
});
export type RelatedEvents = z.infer<typeof relatedEvents>;
