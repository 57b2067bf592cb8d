/** An event as lists answer it. */
import { z } from "zod";
import { kind } from "./delivery-answers";
import {
  amountKind,
  count,
  deliveryStatus,
  errorClass,
  eventFlag,
  eventStatus,
  parseStatus,
  time,
  trustLevel,
} from "./values";

export const summaryFields = {
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
