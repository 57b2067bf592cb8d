/**
 * PagerDuty, Events API v2: an alert triggers, acknowledges and resolves one incident there, by its dedup_key. Source:
 * developer.pagerduty.com, "Send an event" and "PD-CEF".
 */
import type { ChannelSettings } from "@/lib/contract/api/channels";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type { MessageResult, ToldAlert } from "@/lib/db/functions/messages";
import { environment } from "@/lib/env";
import type { Message } from "../message";
import { jsonIn, post, resultOf } from "./post";
import { cut } from "./size";

const LONGEST_SUMMARY = 1_024;

const SEVERITY: Record<IncidentSeverity, "critical" | "error" | "warning" | "info"> = {
  P0: "critical",
  P1: "critical",
  P2: "error",
  P3: "warning",
  P4: "info",
};

/** A test opens an incident of the lowest severity and resolves it at once. */
export async function sendPagerDuty(
  { routing_key }: ChannelSettings["pagerduty"],
  message: Message,
): Promise<MessageResult> {
  if (message.kind === "test") {
    const key = `redrive-test-${message.id}`;
    const triggered = await enqueue(routing_key, { event_action: "trigger", ...payloadOf(key, message, "info") });
    if (triggered.status !== "sent") return triggered;
    const { outcome } = await enqueue(routing_key, { event_action: "resolve", dedup_key: key });
    return { ...triggered, outcome };
  }
  let result: MessageResult = { status: "skipped", outcome: "There is nothing to tell." };
  // One, unless alerts were grouped: each is an incident of its own there.
  for (const alert of message.alerts) {
    result = await enqueue(routing_key, eventOf(message, alert));
    if (result.status !== "sent") return result;
  }
  return result;
}

function eventOf(message: Message, alert: ToldAlert): object {
  const dedup_key = `redrive-${alert.id}`;
  if (alert.resolved_at) return { event_action: "resolve", dedup_key };
  if (message.kind === "acknowledged") return { event_action: "acknowledge", dedup_key };
  return { event_action: "trigger", ...payloadOf(dedup_key, message, SEVERITY[alert.severity], alert) };
}

function payloadOf(dedup_key: string, message: Message, severity: string, alert?: ToldAlert): object {
  const [part] = message.parts;
  return {
    dedup_key,
    client: "Redrive",
    ...(part?.links[0] && { client_url: part.links[0].url }),
    links: part?.links.map(({ label, url }) => ({ text: label, href: url })) ?? [],
    payload: {
      summary: cut(alert?.summary ?? message.title, LONGEST_SUMMARY),
      source: alert?.destination ?? alert?.provider_slug ?? "redrive",
      severity,
      ...(alert && {
        timestamp: alert.fired_at,
        component: alert.event_type ?? alert.provider_slug ?? undefined,
        group: alert.org_id ?? undefined,
        class: alert.kind,
      }),
      custom_details: {
        explanation: part?.text,
        ...Object.fromEntries((part?.facts ?? []).map(({ label, value }) => [label, value])),
      },
    },
  };
}

/** Answers 202 with status "success"; 400 with a list of errors; 429 when there are too many. */
async function enqueue(routing_key: string, event: object): Promise<MessageResult> {
  const url = `${environment().PAGERDUTY_EVENTS_URL.replace(/\/+$/, "")}/v2/enqueue`;
  const body = Buffer.from(JSON.stringify({ routing_key, ...event }));
  const answered = await post({ url, body, secrets: [routing_key] });
  const { message, errors, dedup_key } = jsonIn(answered.text) ?? {};
  const why = [message, ...(Array.isArray(errors) ? errors : [])].filter((word) => typeof word === "string").join("; ");
  const result = resultOf("PagerDuty", answered, why || answered.text);
  return result.status === "sent" && typeof dedup_key === "string" ? { ...result, remote_id: dedup_key } : result;
}
