/** What a user enters about a channel, and what of it is sent. Secrets are never shown again: left empty, they stay. */
import type { Channel, ChannelKind } from "@/lib/contract/channel-words";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import { draftOf, type OrganisationsDraft } from "../forms/organisations-field";
import { addressesOf } from "./channel-text";

export interface ChannelDraft {
  name: string;
  severities: IncidentSeverity[];
  organisations: OrganisationsDraft;
  tellsReplays: boolean;
  /** As typed, by the name of the setting. E-mail addresses are one a line. */
  values: Record<string, string>;
  /** Of Slack: post as a bot instead of through a webhook. */
  isBot: boolean;
}

const FIRST_SEVERITIES: IncidentSeverity[] = ["P0", "P1", "P2", "P3"];

export function draftOfChannel(channel: Channel | undefined, own: readonly string[] | null): ChannelDraft {
  if (!channel) {
    return {
      ...{ name: "", severities: FIRST_SEVERITIES, organisations: draftOf(own) },
      ...{ tellsReplays: false, values: {}, isBot: false },
    };
  }
  const { name, severities, organisations, tells_replays, settings } = channel;
  const bot = typeof settings.channel === "string" ? settings.channel : "";
  const to = addressesOf(settings).join("\n");
  return {
    name,
    severities,
    organisations: draftOf(organisations),
    tellsReplays: tells_replays,
    values: { ...(to && { to }), ...(bot && { channel: bot }) },
    isBot: bot !== "",
  };
}

/** The names of the settings that a channel of this kind uses. */
function namesOf(kind: ChannelKind, isBot: boolean): string[] {
  switch (kind) {
    case "email":
      return ["to"];
    case "slack":
      return isBot ? ["bot_token", "channel"] : ["webhook_url"];
    case "teams":
      return ["webhook_url"];
    case "pagerduty":
      return ["routing_key"];
    case "webhook":
      return ["url", "secret"];
  }
}

/** The settings to send; undefined when nothing of them was changed, so that a known failure stays known. */
export function settingsIn(
  kind: ChannelKind,
  { values, isBot }: ChannelDraft,
  before?: ChannelDraft,
): Record<string, unknown> | undefined {
  const names = namesOf(kind, isBot);
  const text = (name: string) => values[name]?.trim() ?? "";
  const isSame = before?.isBot === isBot && names.every((name) => text(name) === (before.values[name] ?? ""));
  if (isSame) return undefined;
  if (kind === "email") return { to: addressesIn(values.to ?? "") };
  return Object.fromEntries(names.filter((name) => text(name) !== "").map((name) => [name, text(name)]));
}

/** Addresses with commas, semicolons, spaces or line breaks between them. */
function addressesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((one) => one !== ""))];
}
