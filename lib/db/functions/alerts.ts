/** What SQL takes and answers about alerts, rules and silences. */
import type { AlertRule, BackTest, RuleSettings } from "@/lib/contract/api/alert-rules";
import type { Silence } from "@/lib/contract/api/alert-silences";
import type { AlertDetail, AlertPage } from "@/lib/contract/api/alerts";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type { Database } from "../database.types";

type AlertKind = Database["public"]["Enums"]["alert_kind"];

/** What a rule, an alert or a silence is about; null is all. */
export interface AlertSubject {
  provider: string | null;
  event_type: string | null;
  organisation_id: string | null;
  destination_id: number | null;
}

export interface NewAlertRule extends AlertSubject {
  kind: AlertKind;
  name: string;
  settings: RuleSettings;
  severity: IncidentSeverity;
  bad_evaluations: number;
  hold_seconds: number;
  repeat_seconds: number;
  channel_ids: number[];
  enabled: boolean;
}

export interface NewSilence extends AlertSubject {
  rule_id: number | null;
  kind: AlertKind | null;
  reason: string;
  begins_at?: string;
  ends_at: string;
}

type RuleProblem = "beyond_scope" | "no_destination" | "no_channel";

export type AlertRuleChanged =
  | { result: "done" }
  | { result: "not_found" | "changed_meanwhile" | "first_rule" | RuleProblem };

export interface AlertIncidentDraft {
  title: string;
  cause: string;
  severity: IncidentSeverity;
  from_ts: string;
  to_ts: string;
  provider: string | null;
  event_type: string | null;
  organisation_id: string | null;
  destination_id: number | null;
  /** A run with findings that are open. */
  reconciliation_id: number | null;
  /** `in_12`, when there is one already. */
  incident_id: string | null;
}

export interface AlertAnswers {
  add_first_rules: number;
  /** Null when another process evaluates. */
  evaluate_alerts: { evaluated: number; fired: number; resolved: number; ms: number } | null;
  note_heartbeat: null;
  end_heartbeat: boolean;
  acknowledge_alert: { result: "done" | "not_found" };
  assign_alert: { result: "done" | "not_found" | "no_such_person" };
  draft_alert_incident: AlertIncidentDraft | null;
  link_alert_incident: boolean;
  create_alert_rule: { result: "done"; id: number } | { result: RuleProblem };
  change_alert_rule: AlertRuleChanged;
  delete_alert_rule: AlertRuleChanged;
  back_test: ({ result: "done" } & BackTest) | { result: RuleProblem };
  create_silence:
    | { result: "done"; id: number }
    | { result: "no_rule" | "no_destination" | "beyond_scope" | "bad_span" };
  end_silence: { result: "done" | "not_found" | "ended" };
  list_alerts: AlertPage;
  get_alert: AlertDetail | null;
  list_alert_rules: AlertRule[];
  get_alert_rule: AlertRule | null;
  list_silences: Silence[];
  get_silence: Silence | null;
}

export interface AlertArguments {
  /** How many days back providers' APIs list. */
  evaluate_alerts: { p_horizons?: Record<string, number> };
  note_heartbeat: { p_version: string | null; p_details: Record<string, unknown> };
  acknowledge_alert: { p_note: string | null };
  assign_alert: { p_assignee: string | null };
  create_alert_rule: { p_rule: NewAlertRule };
  change_alert_rule: { p_change: Partial<NewAlertRule> };
  back_test: { p_rule: AlertSubject & Pick<NewAlertRule, "kind" | "settings" | "bad_evaluations" | "hold_seconds"> };
  create_silence: { p_silence: NewSilence };
  list_alerts: {
    p_filter: { state: string; severity?: string[]; kind?: string[]; rule_id?: number; provider?: string };
    p_after: number | null;
  };
}
