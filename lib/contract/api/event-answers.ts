/** What the API answers about events, as schemas: the documents and the tests read them. The types stand in ../events.ts. */
import { z } from "zod";
import type {
  Attempt,
  Delivery,
  EventDetail,
  EventNeighbours,
  EventPage,
  EventSummary,
  RelatedEvents,
} from "../events";
import { hold } from "./holds";
import { replay } from "./replay-answers";
import {
  attemptStatus,
  changeResult,
  count,
  deliveryStatus,
  errorClass,
  eventFlag,
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
  livemode: z.boolean().nullable(),
  replay_count: count,
  duplicate_count: count,
  conflict_count: count,
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
    .describe("An identical payload arrived earlier under another key. Delivered only by a replay."),
  redacted_at: time.nullable().describe("When a privacy request removed its content."),
};

const kind = z.enum(["tables", "http"]);

export const eventSummary: z.ZodType<EventSummary> = z
  .object({
    ...summaryFields,
    deliveries: z.array(z.object({ id: z.int(), destination: z.string(), kind, status: deliveryStatus })),
  })
  .meta({ id: "EventSummary" });

export const eventPage: z.ZodType<EventPage> = z.object({
  events: z.array(eventSummary),
  next_cursor: z.string().nullable().describe("Pass it back as cursor for the next, older page."),
  previous_cursor: z.string().nullable().describe("Pass it back as after for the page before, newer."),
  total: count.optional().describe("With count=1: how many match, counted up to 10,000."),
});

const headers = z.array(z.tuple([z.string(), z.string()]));

const attempt: z.ZodType<Attempt> = z
  .object({
    id: z.string().describe("wa_ and the number of the attempt."),
    number: z.int().min(1),
    status: attemptStatus,
    started_at: time,
    finished_at: time.nullable(),
    duration_ms: count.nullable(),
    http_status: z.int().nullable(),
    error_class: errorClass.nullable(),
    error: z.string().nullable(),
    response_headers: headers.nullable(),
    response_body: z.string().nullable(),
    response_truncated: z.boolean(),
    retry_at: time.nullable(),
    replay_id: z.string().nullable(),
    worker: z.string(),
    changes: z.array(changeResult),
  })
  .meta({ id: "Attempt" });

const delivery: z.ZodType<Delivery> = z
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

export const eventDetail: z.ZodType<EventDetail> = z
  .object({
    ...summaryFields,
    method: z.string(),
    path: z.string(),
    headers: headers.describe("As received, in order. Secrets and signatures are [redacted]."),
    content_type: z.string().nullable(),
    body_base64: z.string().describe("The received bytes. Secrets in them are masked with asterisks."),
    body_covered: z.boolean().describe("Whether secrets are masked, so that the bytes do not match the hash."),
    body_sha256: z.string(),
    request_id: z.string().nullable(),
    deliveries: z.array(delivery),
    replays: z.array(replay),
    resolutions: z
      .array(z.object({ actor: z.string(), reason: z.string(), resolved_at: time }))
      .describe("When users marked it as handled, oldest first."),
  })
  .meta({ id: "EventDetail" });

const neighbour = z.string().nullable();

export const eventNeighbours: z.ZodType<EventNeighbours> = z.object({
  newer: neighbour.describe("The next event that matches the filter and came later; null when there is none."),
  older: neighbour.describe("The next one that came earlier."),
});

export const relatedEvents: z.ZodType<RelatedEvents> = z.object({
  events: z
    .array(
      z.object({
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
      }),
    )
    .describe("Newest first, the event itself among them; at most 25 on either side."),
});
