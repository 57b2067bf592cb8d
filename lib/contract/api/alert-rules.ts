/** Rules of alerts: how they are made and changed, and how often one would have fired. */
import { z } from "zod";
import { channelId, given, subject } from "./alerts";
import { alertKind, count, incidentSeverity, time } from "./values";

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
