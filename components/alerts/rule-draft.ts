/** A rule as its form holds it: texts of fields, read into what the API takes. */
import type { NewRule } from "@/lib/client/alerts";
import { ALERT_KIND, type AlertKind, type Subject } from "@/lib/contract/alert-kinds";
import type { AlertRule, RuleSettings } from "@/lib/contract/api/alert-rules";
import type { IncidentSeverity } from "@/lib/contract/incidents";

export type SettingName = keyof RuleSettings;

export interface RuleDraft {
  kind: AlertKind;
  name: string;
  settings: Partial<Record<SettingName, string>>;
  severity: IncidentSeverity;
  bad_evaluations: string;
  hold_minutes: string;
  repeat_hours: string;
  channel_ids: string[];
  enabled: boolean;
  subject: Record<Subject, string>;
}

const NOTHING: RuleDraft["subject"] = { provider_slug: "", event_type: "", org_id: "", destination_id: "" };

export function draftOf(rule: AlertRule): RuleDraft {
  const { provider_slug, event_type, org_id, destination_id } = rule;
  const subject = { provider_slug, event_type, org_id, destination_id };
  return {
    ...{ kind: rule.kind, name: rule.name, severity: rule.severity, enabled: rule.enabled },
    settings: textsOf(rule.kind, rule.settings),
    bad_evaluations: String(rule.bad_evaluations),
    hold_minutes: String(rule.hold_seconds / 60),
    repeat_hours: String(rule.repeat_seconds / 3_600),
    channel_ids: rule.channel_ids,
    subject: Object.fromEntries(Object.entries(subject).map(([name, value]) => [name, value ?? ""])) as typeof NOTHING,
  };
}

/** What a new rule of a kind begins with. */
export function newDraft(kind: AlertKind, name = ""): RuleDraft {
  return {
    ...{ kind, name, severity: "P3", enabled: true, channel_ids: [], subject: NOTHING },
    settings: textsOf(kind, ALERT_KIND[kind].settings),
    ...{ bad_evaluations: "1", hold_minutes: "5", repeat_hours: "4" },
  };
}

/** The settings that the kind uses. */
export function settingsOf({ kind, settings }: RuleDraft): RuleSettings {
  const given = namesOf(kind).filter((name) => isNeeded(kind, name) || settings[name]?.trim());
  return Object.fromEntries(given.map((name) => [name, Number(settings[name])]));
}

/** What the back-test takes. */
export function testedOf(draft: RuleDraft) {
  return {
    kind: draft.kind,
    settings: settingsOf(draft),
    bad_evaluations: Number(draft.bad_evaluations),
    hold_seconds: Math.round(Number(draft.hold_minutes) * 60),
    ...subjectOf(draft),
  };
}

export function ruleOf(draft: RuleDraft): NewRule {
  return {
    ...testedOf(draft),
    name: draft.name.trim(),
    severity: draft.severity,
    repeat_seconds: Math.round(Number(draft.repeat_hours) * 3_600),
    channel_ids: draft.channel_ids,
    enabled: draft.enabled,
  };
}

/** Whether every number is one, within what the API takes. */
export function isTestable(draft: RuleDraft): boolean {
  const within = (text: string | undefined, least: number, most: number) =>
    text !== undefined && text.trim() !== "" && Number(text) >= least && Number(text) <= most;
  const LIMITS: Record<SettingName, [number, number]> = {
    threshold: [0, 1_000_000],
    window_minutes: [1, 10_080],
    at_least: [0, 1_000_000],
  };
  return (
    namesOf(draft.kind).every(
      (name) => (!isNeeded(draft.kind, name) && !draft.settings[name]) || within(draft.settings[name], ...LIMITS[name]),
    ) &&
    within(draft.bad_evaluations, 1, 60) &&
    within(draft.hold_minutes, 0, 1_440)
  );
}

export function isReady(draft: RuleDraft): boolean {
  const repeat = Number(draft.repeat_hours) * 3_600;
  return draft.name.trim().length >= 3 && isTestable(draft) && repeat >= 300 && repeat <= 604_800;
}

/** The settings that a kind has, those that may be left out last. */
export function namesOf(kind: AlertKind): SettingName[] {
  return [...(Object.keys(ALERT_KIND[kind].settings) as SettingName[]), ...(ALERT_KIND[kind].more ?? [])];
}

export function isNeeded(kind: AlertKind, name: SettingName): boolean {
  return name in ALERT_KIND[kind].settings;
}

/** Fields that the kind does not know are none. */
function subjectOf({ kind, subject }: RuleDraft): Record<Subject, string | null> {
  const { subjects } = ALERT_KIND[kind];
  const known = (name: Subject) => (subjects.includes(name) && subject[name].trim()) || null;
  return {
    provider_slug: known("provider_slug"),
    event_type: known("event_type"),
    org_id: known("org_id"),
    destination_id: known("destination_id"),
  };
}

function textsOf(kind: AlertKind, settings: RuleSettings): RuleDraft["settings"] {
  return Object.fromEntries(namesOf(kind).map((name) => [name, String(settings[name] ?? "")]));
}
