/** Requests and answers about dead letters. */
import { z } from "zod";
import { eventFilterFields } from "../event-filter";
import { limit } from "./replay-requests";
import { count, errorClass, reason, time } from "./values";
import { isOneName, oneName } from "./which-event";

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

const ofOrganisation = {
  organisation_id: eventFilterFields.shape.org_id.describe("Only of this organisation."),
  org_id: eventFilterFields.shape.org_id.describe("The same."),
};

/** `GET /api/webhooks/dlq` */
export const listDeadLettersRequest = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** `POST /api/webhooks/dlq` */
export const deadLettersRequest = z
  .union(
    [
      z.strictObject({
        webhook_id: z.union([z.string(), z.number()]).transform(String),
        ...ofOrganisation,
        reason: reason.optional(),
      }),
      z.strictObject({ retry_all: z.literal(true), ...ofOrganisation, limit, reason: reason.optional() }),
    ],
    {
      error:
        'send {"webhook_id": "we_123"} or {"retry_all": true}, and "organisation_id" for the dead letters of one organisation',
    },
  )
  .refine(isOneName, oneName);

export const deadLettersAnswer = z.object({
  success: z.literal(true),
  replay_id: z.string().nullable().describe("Null when there was nothing to replay."),
  queued: count.describe("Deliveries that run."),
  matched: count.describe("Dead events there are."),
  remaining: count.describe("Those that the limit leaves for the next request."),
  limit: count,
});
