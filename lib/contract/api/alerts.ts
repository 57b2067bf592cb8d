/** Requests and answers of the alert API: rules, what fires, silences. Channels are in `channels.ts`. */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { alertKind, count, givenTime, incidentSeverity, list, reason, time } from "./values";

const ruleId = z.string().regex(ID_PATTERN.alertRule, "must be a rule's id such as ar_12");
const channelId = z.string().regex(ID_PATTERN.channel, "must be a channel's id such as ch_12");
const destinationId = z.string().regex(ID_PATTERN.destination, "must be a destination's id such as ds_12");

/** What an alert or a rule is about. Null is all. */
const subject = {
  provider_slug: z.string().nullable(),
  event_type: z.string().nullable(),
  org_id: z.string().nullable(),
  destination_id: z.string().nullable(),
};

const given = {
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

/** What `settings` of a rule may have. Each kind uses the ones it names in lib/contract/alert-kinds.ts. */
export const ruleSettings = z.strictObject({
  threshold: z.number().min(0).max(1_000_000).optional(),
  window_minutes: z.int().min(1).max(10_080).optional(),
  at_least: z.int().min(0).max(1_000_000).optional().describe("With less traffic than this it says nothing."),
});
export type RuleSettings = z.infer<typeof ruleSettings>;

const ruleFields = {
  name: z.string().trim().min(3, "enter a name").max(120),
  settings: ruleSettings,
  severity: incidentSeverity,
  bad_evaluations: z.int().min(1).max(60).describe("It fires after so many bad evaluations in a row, one a minute."),
  hold_seconds: z.int().min(0).max(86_400).describe("It resolves when it was well for this long."),
  repeat_seconds: z.int().min(300).max(604_800).describe("While it fires and is not acknowledged."),
  channel_ids: z.array(channelId).max(20).describe("Empty: every channel that takes its severity."),
  enabled: z.boolean(),
};

/** `POST /api/alert-rules` */
export const createRuleRequest = z.strictObject({
  kind: alertKind,
  ...ruleFields,
  bad_evaluations: ruleFields.bad_evaluations.default(1),
  hold_seconds: ruleFields.hold_seconds.default(300),
  repeat_seconds: ruleFields.repeat_seconds.default(14_400),
  channel_ids: ruleFields.channel_ids.default([]),
  enabled: ruleFields.enabled.default(true),
  provider_slug: given.provider_slug.default(null),
  event_type: given.event_type.default(null),
  org_id: given.org_id.default(null),
  destination_id: given.destination_id.default(null),
});

/** `PATCH /api/alert-rules/{id}` */
export const changeRuleRequest = z.strictObject({
  version: z.int().min(1),
  ...z.object({ ...ruleFields, ...given }).partial().shape,
});

export const alertRule = z
  .object({
    id: z.string(),
    slug: z.string().nullable().describe("Of a rule that is there from the start."),
    kind: alertKind,
    ...subject,
    destination: z.string().nullable(),
    name: z.string(),
    settings: ruleSettings,
    severity: incidentSeverity,
    bad_evaluations: z.int(),
    hold_seconds: z.int(),
    repeat_seconds: z.int(),
    channel_ids: z.array(z.string()),
    enabled: z.boolean(),
    version: z.int(),
    firing: count,
    series: count.describe("How many providers, types, organisations or destinations it watches."),
    problem: z.string().nullable().describe("Why the evaluation of one of them failed."),
    last_fired_at: time.nullable(),
    fired_14_days: count,
  })
  .meta({ id: "AlertRule" });
export type AlertRule = z.infer<typeof alertRule>;
export const alertRules = z.object({ rules: z.array(alertRule) });

/** `POST /api/alert-rules/{id}/back-test` and `POST /api/alert-rules/back-test` */
export const backTestRequest = z.strictObject({
  ...createRuleRequest.pick({ kind: true, settings: true, bad_evaluations: true, hold_seconds: true }).shape,
  provider_slug: given.provider_slug.default(null),
  event_type: given.event_type.default(null),
  org_id: given.org_id.default(null),
  destination_id: given.destination_id.default(null),
  days: z.int().min(1).max(14).default(14),
});
export const backTestOfRuleRequest = z.strictObject({
  settings: ruleSettings.optional(),
  bad_evaluations: z.int().min(1).max(60).optional(),
  hold_seconds: z.int().min(0).max(86_400).optional(),
  days: z.int().min(1).max(14).default(14),
});
export const backTest = z.object({
  from_ts: time,
  to_ts: time,
  would_have_fired: count,
  times: z
    .array(
      z.object({
        ...subject,
        fired_at: time,
        resolved_at: time.nullable(),
        text: z.string(),
      }),
    )
    .max(100),
  problem: z
    .string()
    .nullable()
    .describe("Why it cannot be tested against the past, such as a kind that keeps no history."),
});
export type BackTest = z.infer<typeof backTest>;

/** `POST /api/silences` */
export const silenceRequest = z
  .strictObject({
    rule_id: ruleId.nullable().default(null),
    kind: alertKind.nullable().default(null),
    provider_slug: given.provider_slug.default(null),
    event_type: given.event_type.default(null),
    org_id: given.org_id.default(null),
    destination_id: given.destination_id.default(null),
    begins_at: givenTime.optional(),
    ends_at: givenTime.describe("At most 31 days away."),
    reason,
  })
  .meta({ id: "NewSilence" });
export const silence = z
  .object({
    id: z.string(),
    rule_id: z.string().nullable(),
    rule: z.string().nullable(),
    kind: alertKind.nullable(),
    ...subject,
    destination: z.string().nullable(),
    begins_at: time,
    ends_at: time,
    reason: z.string(),
    actor: z.string(),
    ended_by: z.string().nullable(),
    is_active: z.boolean(),
  })
  .meta({ id: "Silence" });
export type Silence = z.infer<typeof silence>;
export const silences = z.object({ silences: z.array(silence) });
