/** Answers of the destinations API. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { DESTINATION_STATES } from "../destinations";
import { destinationFields } from "./destination-requests";
import { hold } from "./holds";
import { count, deliveryStatus, errorClass, time } from "./values";

const { Enums } = Constants.public;

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
    ...destinationFields,
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
