/** What may be asked of destinations. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { PLATFORM_EVENT_TYPES } from "../platform";
import { livemodeChoice, providerSlug } from "./values";

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

export const destinationFields = {
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
  ordering: z.enum(Constants.public.Enums.delivery_ordering).describe("What is delivered strictly one at a time."),
};

/** `POST /api/destinations`. Strict: a misspelt field must not become a default. */
export const createDestinationRequest = z.strictObject({
  name: destinationFields.name,
  url: destinationFields.url,
  organisation_id: destinationFields.organisation_id.default(null),
  livemode: destinationFields.livemode.default("any"),
  providers: destinationFields.providers.default(["platform"]),
  event_types: destinationFields.event_types.default(["*"]),
  headers: destinationFields.headers.default({}),
  timeout_ms: destinationFields.timeout_ms.default(15_000),
  max_attempts: destinationFields.max_attempts.default(4),
  base_delay_ms: destinationFields.base_delay_ms.default(1_000),
  backoff_factor: destinationFields.backoff_factor.default(2),
  max_concurrency: destinationFields.max_concurrency.default(8),
  rate_per_second: destinationFields.rate_per_second.default(null),
  ordering: destinationFields.ordering.default("none"),
});

/** `PATCH /api/destinations/{id}`: the fields that change. */
export const updateDestinationRequest = z
  .strictObject(destinationFields)
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
