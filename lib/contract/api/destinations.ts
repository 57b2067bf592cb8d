/** Requests and answers of the destinations API. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { DESTINATION_STATES } from "../destinations";
import { PLATFORM_EVENT_TYPES } from "../platform";
import { hold } from "./holds";
import { count, deliveryStatus, errorClass, livemodeChoice, providerSlug, time } from "./values";

const { Enums } = Constants.public;
const LONGEST_OVERLAP_HOURS = 168;

/** `payment.completed`, `payment.*`, `orders/create` or `*`. */
const eventTypePattern = z
  .string()
  .max(255)
  .regex(
    /^(\*|[^\s*,\p{Cc}]+(\.\*)?)$/u,
    `must be a type such as ${PLATFORM_EVENT_TYPES[0]}, a beginning such as payment.*, or * for every type`,
  );

const unique = [(values: string[]) => new Set(values).size === values.length, "has a value twice"] as const;

const fields = {
  name: z.string().trim().min(1, "give it a name").max(120),
  url: z.string().min(1, "enter a URL").max(2048).describe("https, or http inside a network that is allowed."),
  organisation_id: z.string().min(1).max(255).nullable().describe("Only this organisation's events; null: of any."),
  livemode: livemodeChoice.describe("Events of a provider's live mode, of its test mode, or of both."),
  providers: z
    .array(providerSlug)
    .min(1)
    .max(20)
    .refine(...unique)
    .describe("Whose events; * for every provider."),
  event_types: z
    .array(eventTypePattern)
    .min(1, "name at least one type, or * for every type")
    .max(50)
    .refine(...unique)
    .describe("Types, beginnings such as payment.*, or *."),
  headers: z
    .record(z.string(), z.string())
    .describe("Custom headers, all of them; a masked value sent back stays as it is. At most 20."),
  timeout_ms: z.int().min(100).max(30_000),
  max_attempts: z.int().min(1).max(50),
  base_delay_ms: z.int().min(1).max(86_400_000).describe("Before the second try."),
  backoff_factor: z.number().min(1).max(10).describe("By how much each further delay grows."),
  max_concurrency: z.int().min(1).max(1000),
  rate_per_second: z.number().min(0.001).max(1000).nullable().describe("Null: no rate limit."),
  ordering: z.enum(Enums.delivery_ordering).describe("What is delivered strictly one at a time."),
};

/** `POST /api/destinations`. Strict: a misspelt field must not become a default. */
export const createDestinationRequest = z.strictObject({
  name: fields.name,
  url: fields.url,
  organisation_id: fields.organisation_id.default(null),
  livemode: fields.livemode.default("any"),
  providers: fields.providers.default(["platform"]),
  event_types: fields.event_types.default(["*"]),
  headers: fields.headers.default({}),
  timeout_ms: fields.timeout_ms.default(15_000),
  max_attempts: fields.max_attempts.default(4),
  base_delay_ms: fields.base_delay_ms.default(1_000),
  backoff_factor: fields.backoff_factor.default(2),
  max_concurrency: fields.max_concurrency.default(8),
  rate_per_second: fields.rate_per_second.default(null),
  ordering: fields.ordering.default("none"),
});

/** `PATCH /api/destinations/{id}`: the fields that change. */
export const updateDestinationRequest = z
  .strictObject(fields)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, "name at least one field to change");

/** `POST /api/destinations/{id}/rotate-secret` */
export const rotateSecretRequest = z.strictObject({
  overlap_hours: z
    .number()
    .min(0)
    .max(LONGEST_OVERLAP_HOURS)
    .default(24)
    .describe("How long the previous secret also signs."),
});

/** `POST /api/destinations/{id}/try-now` */
export const tryNowRequest = z.strictObject({
  all: z
    .boolean()
    .default(false)
    .describe("The oldest 2,000 that wait for a retry follow when the first one succeeds."),
});

/** `POST /api/destinations/{id}/disable` */
export const disableDestinationRequest = z.strictObject({
  because: z.string().trim().min(3, "enter a reason").max(500).optional(),
});

/** `GET /api/destinations/{id}/deliveries` */
export const destinationDeliveriesRequest = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});

const health = z
  .object({
    succeeded: count.describe("Of the attempts in the last 24 hours."),
    failed: count,
    success_rate: z.number().nullable().describe("Percent; null when nothing was sent."),
    p50_ms: count.nullable(),
    p95_ms: count.nullable(),
    consecutive_failures: count,
    failing_since: time.nullable(),
    last_success_at: time.nullable(),
    last_failure_at: time.nullable(),
    last_error_class: errorClass.nullable(),
    last_error: z.string().nullable(),
    breaker: z.enum(Enums.breaker_state),
    breaker_probe_at: time.nullable().describe("When the open circuit lets one test delivery through."),
    throttled_until: time.nullable(),
    waiting: count.describe("Pending or due for a retry. Deliveries in flight are not counted."),
    held: count,
    dead: count,
    drain_seconds: z
      .number()
      .nullable()
      .describe("How long the waiting deliveries take at the rate limit; null without a limit."),
    hours: z
      .array(z.object({ at: time, succeeded: count, failed: count, p95_ms: count.nullable() }))
      .describe("24 hours, oldest first."),
  })
  .meta({ id: "DestinationHealth" });
export type DestinationHealth = z.infer<typeof health>;

export const destination = z
  .object({
    id: z.string().describe("ds_ and the number of the destination."),
    slug: z.string(),
    ...fields,
    kind: z.enum(Enums.destination_kind),
    managed: z.boolean().describe("False: it comes from the configuration and cannot be changed here."),
    url: z.string().nullable().describe("Null for tables. Passwords and query values are masked."),
    headers: z.record(z.string(), z.string()).describe("Values are masked."),
    enabled: z.boolean(),
    disabled_at: time.nullable(),
    disabled_because: z.string().nullable(),
    paused_at: time.nullable(),
    secrets: z
      .array(z.object({ hint: z.string(), created_at: time, expires_at: time.nullable() }))
      .describe("Newest first. Older ones also sign until they expire."),
    created_at: time,
    updated_at: time,
    state: z.enum(DESTINATION_STATES),
    hold: hold.nullable(),
    health,
  })
  .meta({ id: "Destination" });
export type Destination = z.infer<typeof destination>;

export const destinationList = z.object({ destinations: z.array(destination) });

/** The answer to creating, rotating, or changing the host: the only time the secret is shown. */
export const destinationWithSecret = z
  .object({ destination, secret: z.string().describe("whsec_…: shown only once.") })
  .meta({ id: "DestinationWithSecret" });
export type DestinationWithSecret = z.infer<typeof destinationWithSecret>;

export const sampleAnswer = z.object({ event_id: z.string(), delivery_id: z.int() });

const destinationDelivery = z
  .object({
    delivery_id: z.int(),
    event_id: z.string(),
    event_type: z.string(),
    provider: z.string(),
    status: deliveryStatus,
    http_status: z.int().nullable(),
    error_class: errorClass.nullable(),
    error: z.string().nullable(),
    duration_ms: count.nullable(),
    attempt_count: count,
    replay_id: z.string().nullable(),
    created_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: "DestinationDelivery" });
export type DestinationDelivery = z.infer<typeof destinationDelivery>;

export const destinationDeliveryPage = z.object({
  deliveries: z.array(destinationDelivery),
  next_cursor: z.int().nullable().describe("Pass it back as cursor for the next, older page."),
});
