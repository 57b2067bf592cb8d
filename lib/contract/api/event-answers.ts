/** One event with all that is known of it. */
import { z } from "zod";
import { delivery, headers } from "./delivery-answers";
import { eventAssignee, eventNote, reopening } from "./event-notes";
import { summaryFields } from "./event-summary";
import { foundBy } from "./findings";
import { replay } from "./replay-answers";
import { count, eventOrigin, eventStatus, time } from "./values";

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
