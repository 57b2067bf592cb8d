/** Requests and answers about alerts that fire. Their rules are in `alert-rules.ts`. */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { alertKind, count, incidentSeverity, list, time } from "./values";

export const ruleId = z.string().regex(ID_PATTERN.alertRule, "must be a rule's id such as ar_12");
export const channelId = z.string().regex(ID_PATTERN.channel, "must be a channel's id such as ch_12");
const destinationId = z.string().regex(ID_PATTERN.destination, "must be a destination's id such as ds_12");

/** What an alert or a rule is about. Null is all. */
export const subject = {
  provider_slug: z.string().nullable(),
  event_type: z.string().nullable(),
  org_id: z.string().nullable(),
  destination_id: z.string().nullable(),
};

export const given = {
  provider_slug: z.string().min(1).max(40).nullable(),
  event_type: z.string().min(1).max(200).nullable(),
  org_id: z.string().min(1).max(255).nullable(),
  destination_id: destinationId.nullable(),
};

/** Why it fires: what was seen, what was expected, and where to look. */
const explanation = z
  .object({
    text: z.string().describe("One or two sentences for people."),
    observed: z.number().nullable(),
    expected: z.number().nullable(),
    threshold: z.number().nullable(),
    window_minutes: z.number().nullable(),
    link: z.string().nullable().describe("The page that shows it, under the address of the console."),
  })
  .meta({ id: "AlertExplanation" });

const staffNote = z.object({ name: z.string(), at: time });

/** How often and to whom something was told. */
const told = z.object({
  id: z.string(),
  channel_id: z.string().nullable(),
  to: z.string().describe("The name of the channel or person."),
  kind: z.string(),
  status: z.string(),
  outcome: z.string().nullable(),
  due_at: time,
  ended_at: time.nullable(),
});

export const alert = z
  .object({
    id: z.string(),
    rule_id: z.string(),
    rule: z.string().describe("Its name."),
    kind: alertKind,
    severity: incidentSeverity,
    ...subject,
    destination: z.string().nullable().describe("Its name."),
    summary: z.string(),
    explain: explanation,
    fired_at: time,
    resolved_at: time.nullable(),
    suppressed_because: z
      .string()
      .nullable()
      .describe("Why it is not told: a silence, or another alert that includes it."),
    acknowledged: staffNote.nullable(),
    note: z.string().nullable(),
    assignee: z.string().nullable(),
    incident_id: z.string().nullable(),
  })
  .meta({ id: "Alert" });
export type Alert = z.infer<typeof alert>;

/** `GET /api/alerts/{id}` */
export const alertDetail = alert.extend({ notifications: z.array(told) });
export type AlertDetail = z.infer<typeof alertDetail>;
export type Told = z.infer<typeof told>;

/** `GET /api/alerts` */
export const listAlertsRequest = z.object({
  state: z.enum(["firing", "resolved", "all"]).default("firing"),
  severity: list(incidentSeverity).optional(),
  kind: list(alertKind).optional(),
  rule_id: ruleId.optional(),
  provider_slug: z.string().min(1).max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});

export const alertPage = z.object({
  alerts: z.array(alert),
  next_cursor: z.number().nullable(),
  firing: z.record(z.string(), count).describe("How many fire now and are told, by severity, whatever the filter."),
  evaluated_at: time.nullable().describe("When rules were last evaluated. Null when no worker has evaluated any."),
});
export type AlertPage = z.infer<typeof alertPage>;

/** `POST /api/alerts/{id}/acknowledge` */
export const acknowledgeRequest = z.strictObject({ note: z.string().trim().max(2000).optional() });

/** `POST /api/alerts/{id}/assign` */
export const assignAlertRequest = z.strictObject({
  assignee: z.email().or(z.literal("me")).nullable().describe("A member of the staff; null takes it away."),
});

/** `POST /api/alerts/{id}/incident` */
export const alertIncidentRequest = z.strictObject({
  title: z.string().trim().min(3, "enter a title").max(200).optional().describe("The rule's name when left out."),
  severity: incidentSeverity.optional().describe("The alert's when left out."),
});
