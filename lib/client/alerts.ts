/** The console's client of the API of alerts, their rules and silences. Each function is one request, and throws `ApiError`. */
import type { z } from "zod";
import { type AlertFilter, printAlertFilter } from "@/lib/contract/alert-words";
import type {
  AlertRule,
  BackTest,
  backTestRequest,
  changeRuleRequest,
  createRuleRequest,
} from "@/lib/contract/api/alert-rules";
import type { Silence, silenceRequest } from "@/lib/contract/api/alert-silences";
import type { AlertDetail, AlertPage, alertIncidentRequest } from "@/lib/contract/api/alerts";
import type { Channel } from "@/lib/contract/api/channels";
import type { Incident } from "@/lib/contract/incident-words";
import { patchJson, postJson, requestJson } from "./request";

const ALERTS = "/api/alerts";
const RULES = "/api/alert-rules";
const SILENCES = "/api/silences";
/** Fourteen days of minutes of every provider. */
const BACK_TEST_PATIENCE_MS = 35_000;
/** Up to 50,000 events are frozen meanwhile. */
const FREEZE_PATIENCE_MS = 60_000;

export type NewRule = z.input<typeof createRuleRequest>;
export type RuleChange = z.input<typeof changeRuleRequest>;
export type NewSilence = z.input<typeof silenceRequest>;

export function fetchAlerts(
  query: AlertFilter & { cursor?: number; limit?: number },
  signal?: AbortSignal,
): Promise<AlertPage> {
  const { limit, ...filter } = query;
  const words = [printAlertFilter(filter), limit && `limit=${limit}`].filter(Boolean).join("&");
  return requestJson<AlertPage>(`${ALERTS}?${words}`, { signal });
}

export function fetchAlert(id: string, signal?: AbortSignal): Promise<AlertDetail> {
  return requestJson<AlertDetail>(`${ALERTS}/${id}`, { signal });
}

/** It is not told again until it is well. */
export function acknowledgeAlert(id: string, note = ""): Promise<AlertDetail> {
  return postJson<AlertDetail>(`${ALERTS}/${id}/acknowledge`, note.trim() ? { note: note.trim() } : {});
}

/** Null takes it from who has it. */
export function assignAlert(id: string, assignee: string | null): Promise<AlertDetail> {
  return postJson<AlertDetail>(`${ALERTS}/${id}/assign`, { assignee });
}

/** Opens an incident about what the alert is about, and links the two. */
export function openAlertIncident(id: string, input: z.input<typeof alertIncidentRequest>): Promise<Incident> {
  return postJson<Incident>(`${ALERTS}/${id}/incident`, input, { patienceMs: FREEZE_PATIENCE_MS });
}

export async function fetchAlertRules(signal?: AbortSignal): Promise<AlertRule[]> {
  return (await requestJson<{ rules: AlertRule[] }>(RULES, { signal })).rules;
}

export function createAlertRule(rule: NewRule): Promise<AlertRule> {
  return postJson<AlertRule>(RULES, rule);
}

export function changeAlertRule(id: string, change: RuleChange): Promise<AlertRule> {
  return patchJson<AlertRule>(`${RULES}/${id}`, change);
}

export function deleteAlertRule(id: string): Promise<void> {
  return requestJson<void>(`${RULES}/${id}`, { method: "DELETE" });
}

/** How often a rule would have fired that is not saved. Changes nothing. */
export function backTestRule(rule: z.input<typeof backTestRequest>): Promise<BackTest> {
  return postJson<BackTest>(`${RULES}/back-test`, rule, { patienceMs: BACK_TEST_PATIENCE_MS });
}

export async function fetchSilences(signal?: AbortSignal): Promise<Silence[]> {
  return (await requestJson<{ silences: Silence[] }>(SILENCES, { signal })).silences;
}

export function createSilence(silence: NewSilence): Promise<Silence> {
  return postJson<Silence>(SILENCES, silence);
}

export function endSilence(id: string): Promise<Silence> {
  return postJson<Silence>(`${SILENCES}/${id}/end`, {});
}

/** The channels that a rule may name. */
export async function fetchRuleChannels(signal?: AbortSignal): Promise<Channel[]> {
  return (await requestJson<{ channels: Channel[] }>("/api/channels", { signal })).channels;
}
