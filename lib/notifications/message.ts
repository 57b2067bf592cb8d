/** One message for all channels: what happened, why we say so, and where to see it. Each channel writes it in its own form. */
import type { NotificationKind } from "@/lib/contract/api/notifications";
import { printId } from "@/lib/contract/ids";
import type { ClaimedMessage, ToldAlert, ToldReplay } from "@/lib/db/functions/messages";
import { environment } from "@/lib/env";

export interface Message {
  /** `no_12`: the same on every try. */
  id: string;
  kind: NotificationKind;
  /** One line. */
  title: string;
  /** One per alert of the group; of others one. */
  parts: MessagePart[];
  alerts: readonly ToldAlert[];
  /** The replay that ended, where it is about one. */
  replay: ToldReplay | null;
  /** The channel's id of the message that this one replaces. */
  updates: string | null;
}

export interface MessagePart {
  /** Only where there are several. */
  heading: string | null;
  text: string;
  facts: Fact[];
  links: Link[];
}

export interface Fact {
  label: string;
  value: string;
}

export interface Link {
  label: string;
  url: string;
}

/** Makes the message of what was claimed. Links need the console's address: PUBLIC_URL. */
export function messageOf({ id, kind, alerts, replay, content, updates }: ClaimedMessage): Message {
  const common = { id: printId("notification", id), kind, updates, alerts, replay };
  if (replay) return { ...common, ...aboutReplay(replay) };
  if (content) {
    const part = {
      heading: null,
      text: content.text,
      facts: content.facts,
      links: linksTo(["Open in Redrive", content.path]),
    };
    return { ...common, title: content.title, parts: [part] };
  }
  return {
    ...common,
    title: oneLine(titleOf(kind, alerts)),
    parts: alerts.map((alert) => partOf(alert, alerts.length > 1)),
  };
}

/** What a test of a channel says. */
export function testMessage(id: number, channel: string): Message {
  const text = `This is a test of the channel "${channel}". Nothing is wrong.`;
  const part = { heading: null, text, facts: [], links: linksTo(["Open Redrive", "/"]) };
  return {
    ...{ id: printId("notification", id), kind: "test", updates: null, alerts: [], replay: null },
    title: "Redrive: test",
    parts: [part],
  };
}

function titleOf(kind: NotificationKind, alerts: readonly ToldAlert[]): string {
  const open = alerts.filter(({ resolved_at }) => resolved_at === null);
  const shown = open.length > 0 ? open : alerts;
  // Sorted by severity: the first is the worst.
  const [worst] = shown;
  if (!worst) return "Alert";
  const what = shown.length === 1 ? worst.summary : `${shown.length} alerts of "${worst.rule}"`;
  if (open.length === 0) return `Resolved: ${what}`;
  if (kind === "acknowledged" || open.every(({ acknowledged_at }) => acknowledged_at !== null)) {
    return `Acknowledged by ${worst.acknowledged_by}: ${what}`;
  }
  return `${kind === "repeated" ? "Still firing: " : ""}${worst.severity}: ${what}`;
}

/** Names of users may have line breaks; a subject has none. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}

function partOf(alert: ToldAlert, isOfSeveral: boolean): MessagePart {
  const { id, severity, summary, explain, fired_at, resolved_at, acknowledged_by } = alert;
  const state = resolved_at ? "Resolved" : acknowledged_by ? `Acknowledged by ${acknowledged_by}` : "Firing";
  const facts = [
    ["Severity", severity],
    ["State", resolved_at ? `Resolved after ${duration(fired_at, resolved_at)}` : state],
    ["Since", clock(fired_at)],
    ["Provider", alert.provider_slug],
    ["Event type", alert.event_type],
    ["Organisation", alert.org_id],
    ["Destination", alert.destination],
    ["Rule", alert.rule],
    ["Incident", alert.incident_id],
  ] as const;
  return {
    heading: isOfSeveral ? `${resolved_at ? "Resolved" : severity}: ${summary}` : null,
    text: explain.text ?? summary,
    facts: facts.flatMap(([label, value]) => (value ? [{ label, value }] : [])),
    links: linksTo(["Open alert", `/alerts/${id}`], ["See what it is about", explain.link ?? null]),
  };
}

function aboutReplay({ id, status, total, succeeded, failed, skipped, reason, stopped_because }: ToldReplay) {
  const facts = [
    { label: "Succeeded", value: `${succeeded} of ${total}` },
    { label: "Failed", value: String(failed) },
    { label: "Skipped", value: String(skipped) },
    ...(reason ? [{ label: "Reason", value: reason }] : []),
  ];
  const text = `${succeeded} of ${total} succeeded, ${failed} failed, ${skipped} were skipped.${
    stopped_because ? ` It was stopped: ${stopped_because}` : ""
  }`;
  const part = { heading: null, text, facts, links: linksTo(["Open replay", `/replays/${id}`]) };
  return { title: `Replay ${id} ${status}`, parts: [part] };
}

/** `/alerts/al_12` under the address of the console. A whole URL is left as it is only when it is the console's. */
function linksTo(...paths: [label: string, path: string | null][]): Link[] {
  const base = process.env.NEXTAUTH_URL ?? environment().PUBLIC_URL;
  if (!base) return [];
  return paths.flatMap(([label, path]) =>
    path?.startsWith("/") ? [{ label, url: base.replace(/\/+$/, "") + path }] : [],
  );
}

/** `2026-11-30 18:05 UTC` */
function clock(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}

/** `2 h 5 min` */
function duration(from: string, to: string): string {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
  if (minutes < 1) return "less than a minute";
  const hours = Math.floor(minutes / 60);
  return [hours > 0 && `${hours} h`, minutes % 60 > 0 && `${minutes % 60} min`].filter(Boolean).join(" ");
}
