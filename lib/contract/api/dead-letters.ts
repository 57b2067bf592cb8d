/** Answers of the dead-letter API. */
import { z } from "zod";
import { count, errorClass, time } from "./values";

const group = z
  .object({
    destination: z.object({ id: z.int(), slug: z.string(), name: z.string(), kind: z.enum(["tables", "http"]) }),
    error_group: z.string().describe("The cause; with destination and delivery_status=dead it filters to this group."),
    error_class: errorClass.nullable(),
    http_status: z.int().nullable(),
    message: z.string().nullable().describe("# replaces numbers and ids, … replaces quoted values."),
    count: count.describe("Deliveries, and as many events."),
    first_at: time,
    last_at: time,
    hours: z.array(count).describe("Of the last 24 hours of the clock, the current one last."),
    providers: z.array(z.string()),
    event_types: z.array(z.string()).describe("Most frequent among the newest 100."),
    sample: z.object({ id: z.string(), event_key: z.string(), error: z.string().nullable() }),
  })
  .meta({ id: "DeadLetterGroup" });
export type DeadLetterGroup = z.infer<typeof group>;

export const deadLetters = z.object({
  groups: z.array(group).describe("The 100 biggest."),
  total: z.object({ groups: count, deliveries: count, events: count }),
});
export type DeadLetters = z.infer<typeof deadLetters>;

export const railCounts = z.object({
  dead_letters: count.describe("Dead events, counted up to 10,000."),
  running_replays: count,
  missing: count.describe("Events that reconciliation found missing, rejected or not subscribed, and that still are."),
  repaired_24h: count.describe("Findings of reconciliation that a back-fill repaired within a day."),
});
export type RailCounts = z.infer<typeof railCounts>;
