/** Request and answer of `POST /api/events`. */
import { z } from "zod";
import { PLATFORM_EVENT_TYPES } from "../platform";
import { givenTime } from "./values";

/** The most events of one request. */
export const MOST_PUBLISHED = 100;

const name = "letters, digits and . _ : @ -, at most 255";
const organisation = z.string().regex(/^[\w.:@-]{1,255}$/, `must be ${name}`);

export const idempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, "must be up to 255 plain characters, such as a UUID");

export const publishEvent = z
  .strictObject({
    eventType: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, `must be a name such as ${PLATFORM_EVENT_TYPES[0]}`)
      .describe(`${PLATFORM_EVENT_TYPES.join(", ")}, or any other name of this form.`),
    organisationId: organisation.optional().describe("Whose event it is: the merchant."),
    merchantId: organisation.optional().describe("The same, under the merchant runbook's name."),
    data: z.record(z.string(), z.unknown()).describe("Passed on byte for byte."),
    idempotencyKey: idempotencyKey
      .optional()
      .describe("Your own key for the event. For a single event, use the header Idempotency-Key instead."),
    timestamp: givenTime.optional().describe("When it happened. Default: now."),
  })
  .meta({ id: "PublishEvent" });

export const publishRequest = z.union([publishEvent, z.array(publishEvent).min(1).max(MOST_PUBLISHED)]);

/** The result of one published event. `conflict`: another event has the key; only the first is delivered. */
export const publishedEvent = z
  .object({
    event_id: z.string().describe("What merchants see as eventId and webhook-id."),
    organisation_id: z.string(),
    idempotency_key: z.string(),
    outcome: z.enum(["accepted", "duplicate", "conflict"]),
  })
  .meta({ id: "PublishedEvent" });
export type PublishedEvent = z.infer<typeof publishedEvent>;

export const publishAnswer = z.union([
  z.object({
    event_id: z.string(),
    organisation_id: z.string(),
    idempotency_key: z.string(),
    outcome: z.enum(["accepted", "duplicate"]),
    request_id: z.string(),
  }),
  z.object({ events: z.array(publishedEvent), request_id: z.string() }),
]);
