/** `GET /api/search`. */
import { z } from "zod";
import { count, eventStatus, incidentSeverity, replayStatus, time } from "./values";

/** As long as the longest key. */
export const searchRequest = z.object({ q: z.string().trim().min(1, "enter a search text").max(1024) });

const foundEvent = z.object({
  id: z.string(),
  event_key: z.string(),
  event_type: z.string(),
  provider_slug: z.string(),
  organisation_id: z.string().nullable(),
  status: eventStatus,
  received_at: time,
});
export type FoundEvent = z.infer<typeof foundEvent>;

const foundReplay = z.object({
  id: z.string(),
  status: replayStatus,
  reason: z.string(),
  total: count,
  created_at: time,
});
export type FoundReplay = z.infer<typeof foundReplay>;

const foundDestination = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  organisation_id: z.string().nullable(),
  enabled: z.boolean(),
});
export type FoundDestination = z.infer<typeof foundDestination>;

const foundAlert = z.object({
  id: z.string(),
  summary: z.string(),
  severity: incidentSeverity,
  fired_at: time,
  resolved_at: time.nullable(),
});
export type FoundAlert = z.infer<typeof foundAlert>;

const foundAlertRule = z.object({ id: z.string(), name: z.string(), enabled: z.boolean() });
export type FoundAlertRule = z.infer<typeof foundAlertRule>;

/** A few fields of each result, enough to recognise and open it. */
export const searchAnswer = z.object({
  events: z.array(foundEvent),
  replays: z.array(foundReplay),
  destinations: z.array(foundDestination),
  organisations: z.array(z.string()),
  alerts: z.array(foundAlert).describe("By id alone."),
  alert_rules: z.array(foundAlertRule).describe("By id alone."),
});
export type Found = z.infer<typeof searchAnswer>;
