/** The events around one: its neighbours in a list, and those of the same object. */
import { z } from "zod";
import { summaryFields } from "./event-summary";
import { eventStatus, time } from "./values";

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
