/** What channels were told, and what a person wants to be told. */
import { z } from "zod";
import { count, incidentSeverity, notificationKind, notificationStatus, time } from "./values";

export type NotificationKind = z.infer<typeof notificationKind>;

export type NotificationStatus = z.infer<typeof notificationStatus>;

/** `GET /api/channels/{id}/notifications` */
export const channelNotificationsRequest = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().min(1).optional(),
});

export const notificationPage = z.object({
  notifications: z.array(
    z.object({
      id: z.string(),
      kind: notificationKind,
      status: notificationStatus,
      alert_id: z.string().nullable(),
      replay_id: z.string().nullable(),
      summary: z.string(),
      outcome: z.string().nullable(),
      attempts: count,
      due_at: time,
      ended_at: time.nullable(),
    }),
  ),
  next_cursor: z.number().nullable(),
});

export type NotificationPage = z.infer<typeof notificationPage>;

/** `GET|PATCH /api/notification-preferences`: of the person who is signed in. */
export const preferences = z.strictObject({
  mail_severities: z.array(incidentSeverity),
  console_severities: z.array(incidentSeverity),
  mails_replays: z.boolean(),
  mails_report: z.boolean(),
});

export type Preferences = z.infer<typeof preferences>;

export const ownPreferences = preferences.extend({
  mail_problem: z.string().nullable().describe("Why no mail can be sent at all; null when it can."),
});

export type OwnPreferences = z.infer<typeof ownPreferences>;

export const changePreferencesRequest = preferences.partial();
