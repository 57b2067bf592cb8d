/** Notes about events, who takes care of them, and taking a resolve back: the schemas of their requests and answers. */
import { z } from "zod";
import { chosenEvents } from "./replay-requests";
import { count, reason, time } from "./values";

export const eventNote = z
  .object({ id: z.int(), message: z.string(), actor: z.string(), written_at: time })
  .meta({ id: "EventNote" });
export type EventNote = z.infer<typeof eventNote>;

export const eventAssignee = z.object({
  assignee: z.string().describe("The e-mail address of a member of the staff."),
  assigned_by: z.string(),
  assigned_at: time,
});
export type EventAssignee = z.infer<typeof eventAssignee>;

/** A user took a resolve back. */
export const reopening = z.object({ actor: z.string(), reason: z.string(), reopened_at: time });
export type Reopening = z.infer<typeof reopening>;

/** `GET /api/webhooks/events/{id}/notes` */
export const eventNotes = z.object({ notes: z.array(eventNote).describe("Oldest first; the newest 200.") });

/** `POST /api/webhooks/events/{id}/notes` */
export const eventNoteRequest = z.strictObject({ message: z.string().trim().min(1, "enter a note").max(4000) });

/** `PUT /api/webhooks/events/{id}/assignee` */
export const assignEventRequest = z.strictObject({
  assignee: z
    .union([z.literal("me"), z.email("must be an e-mail address, me or null").max(255)])
    .nullable()
    .describe("The e-mail address of a member of the staff who may see the event, me, or null for no one."),
});
export const assignEventAnswer = z.object({ assignee: eventAssignee.nullable() });

/** `POST /api/webhooks/events/reopen` */
export const reopenRequest = z.strictObject({ event_ids: chosenEvents, reason });
export const reopenAnswer = z.object({
  reopened: count,
  not_reopened: count.describe("Events that were not resolved."),
  request_id: z.string(),
});
