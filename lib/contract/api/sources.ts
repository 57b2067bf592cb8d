/** Answers of the sources API: each provider's default endpoint, and sources with URLs of their own. */
import { z } from "zod";
import { maxPerMinute } from "./source-requests";
import { count, rejectionReason, time } from "./values";

export const sentSample = z
  .object({
    provider: z.string(),
    event_type: z.string(),
    event_key: z.string(),
    event_id: z.string().nullable().describe("Null when it was rejected."),
    status: count.describe("The HTTP status of the answer."),
    refusal: z.string().nullable().describe("Why it was rejected."),
  })
  .meta({ id: "SentSample" });
export type SentSample = z.infer<typeof sentSample>;

const lastEvent = z.object({ id: z.string(), event_type: z.string(), received_at: time }).nullable();

const sourceFields = {
  id: z.string().describe("so_ and the number of the source."),
  provider: z.string(),
  name: z.string(),
  organisation_id: z.string().nullable(),
  company_id: z.string().nullable(),
  url: z.string().describe("The token is masked except for its last four characters."),
  token_hint: z.string(),
  previous_token_expires_at: time.nullable(),
  settings: z.record(z.string(), z.string()),
  max_per_minute: maxPerMinute,
  enabled: z.boolean(),
  created_at: time,
  last_event: lastEvent,
};

export const source = z.object(sourceFields).meta({ id: "Source" });
export type Source = z.infer<typeof source>;

export const sourceWithUrl = z
  .object({ ...sourceFields, full_url: z.string().describe("Shown only once.") })
  .meta({ id: "SourceWithUrl" });
export type SourceWithUrl = z.infer<typeof sourceWithUrl>;

/** A rejected request, with its organisation and event key as far as they are known. */
const lastRejection = z.object({
  reason: rejectionReason,
  detail: z.string(),
  received_at: time,
  organisation_id: z.string().nullable(),
  source_id: z.string().nullable(),
  event_key: z.string().nullable().describe("Of an authentic request, such as a stale one."),
  body_sha256: z.string().nullable().describe("Of the bytes that were read."),
  body_size: count.describe("As announced, when the body was not read to its end."),
  body_read: count.nullable().describe("How many bytes were read: the hash is of these."),
  body_kept: count.describe("How many bytes are kept: at most the first 64 KiB, except for an authentic request."),
  headers: z.array(z.tuple([z.string(), z.string()])).describe("Secrets and signatures are [redacted]."),
  body_base64: z.string().describe("The first 4 KiB, with secrets masked."),
});
export type LastRejection = z.infer<typeof lastRejection>;

const sourceProvider = z
  .object({
    provider: z.string(),
    label: z.string(),
    /** How requests are authenticated, in a sentence. */
    scheme: z.string(),
    /** Where its webhooks are configured, and which variable holds the secret. */
    setup: z.string(),
    secrets_variable: z.string(),
    /** How many are configured: with none, the default endpoint answers 503. */
    secrets: count,
    token_in_url: z.boolean(),
    /** Whether an operator allows unsigned requests. */
    allows_unsigned: z.boolean(),
    /** The default endpoint; replace `{token}` with a token from the variable. */
    url: z.string(),
    /** The settings of a source of this provider. */
    settings: z.record(z.string(), z.object({ label: z.string(), help: z.string() })),
    sample: z
      .object({ missing: z.string().nullable() })
      .nullable()
      .describe("Whether a sample can be sent from here; null outside local mode."),
    last_event: lastEvent,
    events_24h: count,
    last_rejection: lastRejection.nullable(),
    rejections_24h: count,
    sources: z.array(source),
  })
  .meta({ id: "SourceProvider" });
export type SourceProvider = z.infer<typeof sourceProvider>;

export const sourceProviders = z.object({
  providers: z.array(sourceProvider),
});
