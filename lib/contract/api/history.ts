/** The API around the history's table: histogram, event types, saved views. */
import { z } from "zod";
import { eventFilterFields, eventFilterSchema, eventListSchema, readQuery, refuseReversed } from "../event-filter";
import { printEventFilter } from "../print-filter";
import { count, time } from "./values";

const histogramBucket = z.object({
  at: time.describe("Start of the step."),
  processed: count.describe("Delivered, automatically or by a replay."),
  waiting: count.describe("Received, or being delivered."),
  failing: count.describe("Failed, and retried automatically."),
  dead: count,
  other: count.describe("Resolved by a user, or ignored."),
});
export type HistogramBucket = z.infer<typeof histogramBucket>;

export const eventHistogram = z.object({
  from: time,
  to: time,
  bucket_seconds: z.int(),
  buckets: z.array(histogramBucket).describe("Every step of the time, without gaps."),
  capped: z.boolean().describe("More match than are counted: only the newest are."),
  counted_from: time.nullable().describe("How far back the counting reached, where it is capped."),
});
export type EventHistogram = z.infer<typeof eventHistogram>;

/** `GET /api/webhooks/events/types` */
export const eventTypesRequest = eventFilterFields
  .pick({ from_ts: true, to_ts: true, range: true })
  .superRefine(refuseReversed);

const eventTypeCount = z.object({ provider_slug: z.string(), event_type: z.string(), count });
export type EventTypeCount = z.infer<typeof eventTypeCount>;

export const eventTypes = z.object({
  types: z.array(eventTypeCount),
});

/** `POST /api/event-views` */
export const createViewRequest = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(60),
  query: z
    .string()
    .max(4000)
    .describe("A filter as the history's address has it: status=dead&range=24h.")
    .transform((query, context) => {
      // A page's limit and cursor are no part of the filter, and dropped. A misspelt name would drop a condition.
      const unknown = [...new URLSearchParams(query).keys()].find(
        (name) => !Object.hasOwn(eventListSchema.shape, name),
      );
      if (unknown !== undefined) {
        const known = Object.keys(eventFilterFields.shape).join(", ");
        context.addIssue({
          code: "custom",
          message: `is no filter of the history: it has no ${unknown}, only ${known}`,
        });
        return z.NEVER;
      }
      const filter = eventFilterSchema.safeParse(readQuery(new URLSearchParams(query)));
      if (filter.success) return printEventFilter(filter.data);
      const { path, message } = filter.error.issues[0] ?? { path: [], message: "is wrong" };
      context.addIssue({ code: "custom", message: `is no filter of the history: ${path.join(".")} ${message}` });
      return z.NEVER;
    }),
});

export const eventView = z.object({
  id: z.string().describe("ev_ and its number."),
  name: z.string(),
  query: z.string(),
  created_at: time,
});
export type EventView = z.infer<typeof eventView>;

export const eventViews = z.object({ views: z.array(eventView) });
export const deletedView = z.object({ deleted: z.boolean() });
