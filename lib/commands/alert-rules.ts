/** Rules of alerts as people make and change them. What a kind takes is in lib/contract/alert-kinds.ts. */
import type { z } from "zod";
import type {
  BackTest,
  backTestOfRuleRequest,
  backTestRequest,
  changeRuleRequest,
  createRuleRequest,
} from "@/lib/contract/api/alert-rules";
import { numberInId, printId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { AlertRuleChanged } from "@/lib/db/functions/alerts";
import { log } from "@/lib/log";
import { backTest, requireAlertRule, ruleNumber } from "@/lib/queries/alerts";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { NO_SUBJECT, requireFitting, subjectOf } from "./alert-rule-fields";

/** Makes a rule, and returns its id. Throws a `Refusal` for what its kind does not take, or that is not the caller's. */
export async function createAlertRule(
  { provider_slug, event_type, org_id, destination_id, channel_ids, ...rule }: z.output<typeof createRuleRequest>,
  by: ActorContext,
): Promise<string> {
  const subject = { provider_slug, event_type, org_id, destination_id };
  requireFitting(rule.kind, subject, rule.settings);
  const answer = await call("console", "create_alert_rule", {
    p_rule: { ...rule, ...NO_SUBJECT, ...subjectOf(subject), channel_ids: channel_ids.map(numberInId) },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  requireDone(answer.result, by);
  const id = printId("alertRule", "id" in answer ? answer.id : 0);
  logRule("create", id, by);
  return id;
}

/** Changes fields. Throws a `Refusal`, also when another request changed the rule since the caller saw `version`. */
export async function changeAlertRule(
  id: string,
  { version, ...change }: z.output<typeof changeRuleRequest>,
  by: ActorContext,
): Promise<void> {
  const { kind, ...stored } = await requireAlertRule(id, by.actor);
  requireFitting(kind, { ...stored, ...change }, change.settings ?? stored.settings);
  const { provider_slug, event_type, org_id, destination_id, channel_ids, ...rest } = change;
  const answer = await call("console", "change_alert_rule", {
    p_id: ruleNumber(id),
    p_version: version,
    p_change: {
      ...rest,
      ...subjectOf({ provider_slug, event_type, org_id, destination_id }),
      ...(channel_ids && { channel_ids: channel_ids.map(numberInId) }),
    },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  requireDone(answer.result, by);
  logRule("change", id, by);
}

/** Deletes a rule that people made. Throws a `Refusal` for one that is there from the start. */
export async function deleteAlertRule(id: string, by: ActorContext): Promise<void> {
  const answer = await call("console", "delete_alert_rule", {
    p_id: ruleNumber(id),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  requireDone(answer.result, by);
  logRule("delete", id, by);
}

/** How often a rule would have fired that is not saved yet. */
export async function backTestNewRule(
  { days, provider_slug, event_type, org_id, destination_id, ...rule }: z.output<typeof backTestRequest>,
  { actor }: ActorContext,
): Promise<BackTest> {
  const subject = { provider_slug, event_type, org_id, destination_id };
  requireFitting(rule.kind, subject, rule.settings);
  return backTest({ ...rule, ...NO_SUBJECT, ...subjectOf(subject) }, days, actor);
}

/** The same of a saved rule, with other settings if they are given. */
export async function backTestSavedRule(
  id: string,
  { days, ...change }: z.output<typeof backTestOfRuleRequest>,
  { actor }: ActorContext,
): Promise<BackTest> {
  const { kind, settings, bad_evaluations, hold_seconds, ...rule } = await requireAlertRule(id, actor);
  requireFitting(kind, rule, change.settings ?? settings);
  const tested = { kind, settings, bad_evaluations, hold_seconds, ...change };
  return backTest({ ...tested, ...NO_SUBJECT, ...subjectOf(rule) }, days, actor);
}

function requireDone(result: AlertRuleChanged["result"], { actor }: ActorContext): void {
  if (result === "done") return;
  if (result === "beyond_scope") throw beyondScope(actor, "org_id");
  throw new Refusal(
    (
      {
        not_found: "no_such_alert_rule",
        changed_meanwhile: "rule_changed_meanwhile",
        first_rule: "first_rule_stays",
        no_destination: "no_such_destination",
        no_channel: "no_such_channel",
      } as const
    )[result],
  );
}

function logRule(step: string, id: string, { actor, requestId }: ActorContext): void {
  log("alert_rule", { request_id: requestId, rule: id, actor: actor.id, step });
}
