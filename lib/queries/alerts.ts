/** Server reads of alerts, their rules and silences. */
import type { z } from "zod";
import type { AlertRule, BackTest } from "@/lib/contract/api/alert-rules";
import type { Silence } from "@/lib/contract/api/alert-silences";
import type { AlertDetail, AlertPage, listAlertsRequest } from "@/lib/contract/api/alerts";
import { numberInId, parseId } from "@/lib/contract/ids";
import { type Arguments, call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { beyondScope, type Scoped, scopeOf } from "@/lib/scope";

/** Fourteen days of minutes of every provider. */
const BACK_TEST_MS = 30_000;

/** Alerts, newest first. */
export async function listAlerts(
  { state, severity, kind, rule_id, provider_slug, limit, cursor }: z.output<typeof listAlertsRequest>,
  asker: Scoped,
): Promise<AlertPage> {
  return call("console", "list_alerts", {
    p_filter: {
      state,
      ...(severity?.length && { severity }),
      ...(kind?.length && { kind }),
      ...(rule_id && { rule_id: numberInId(rule_id) }),
      ...(provider_slug && { provider: provider_slug }),
    },
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
}

/** `al_12` or `12` → the alert. Throws a `Refusal` when the caller may see no such alert. */
export async function requireAlert(id: string, asker: Scoped): Promise<AlertDetail> {
  const found = await call("console", "get_alert", { p_id: alertNumber(id), ...scopeOf(asker) });
  if (!found) throw new Refusal("no_such_alert");
  return found;
}

/** The rules, worst first. */
export async function listAlertRules(asker: Scoped): Promise<AlertRule[]> {
  return call("console", "list_alert_rules", scopeOf(asker));
}

/** `ar_12` or `12` → the rule. Throws a `Refusal` when the caller may see no such rule. */
export async function requireAlertRule(id: string, asker: Scoped): Promise<AlertRule> {
  const found = await call("console", "get_alert_rule", { p_id: ruleNumber(id), ...scopeOf(asker) });
  if (!found) throw new Refusal("no_such_alert_rule");
  return found;
}

/** How often a rule would have fired. Throws a `Refusal` for an organisation or a destination that is not the caller's. */
export async function backTest(rule: Arguments<"back_test">["p_rule"], days: number, asker: Scoped): Promise<BackTest> {
  const answer = await call("console", "back_test", { p_rule: rule, p_days: days, ...scopeOf(asker) }, BACK_TEST_MS);
  if (answer.result === "done") {
    const { result: _, ...tested } = answer;
    return tested;
  }
  if (answer.result === "beyond_scope") throw beyondScope(asker, "org_id");
  throw new Refusal("no_such_destination");
}

/** Silences that are active or to come, and the newest that ended. */
export async function listSilences(asker: Scoped): Promise<Silence[]> {
  return call("console", "list_silences", scopeOf(asker));
}

/** Throws a `Refusal` when the caller may see no such silence. */
export async function requireSilence(id: string, asker: Scoped): Promise<Silence> {
  const found = await call("console", "get_silence", { p_id: silenceNumber(id), ...scopeOf(asker) });
  if (!found) throw new Refusal("no_such_silence");
  return found;
}

/** The number in `al_12` or `12`. Throws a `Refusal` for anything else. */
export function alertNumber(id: string): number {
  const number = parseId("alert", id);
  if (number === undefined) throw new Refusal("no_such_alert");
  return number;
}

/** The number in `ar_12` or `12`. Throws a `Refusal` for anything else. */
export function ruleNumber(id: string): number {
  const number = parseId("alertRule", id);
  if (number === undefined) throw new Refusal("no_such_alert_rule");
  return number;
}

/** The number in `sl_12` or `12`. Throws a `Refusal` for anything else. */
export function silenceNumber(id: string): number {
  const number = parseId("silence", id);
  if (number === undefined) throw new Refusal("no_such_silence");
  return number;
}
