/**
 * HeyReach's leads and conversations as its API lists them, and as the bodies of its webhooks have them. Neither is documented
 * in full: names of fields are those that integrators observed.
 */
import { ApiFailure, type Entry } from "../api";
import { firstId } from "../outreach-rows";
import type { Json } from "../provider";
import { inSeconds, justBefore, personIn, webhookOf } from "../reconstruct";
import { at, timeFrom } from "../shape";
import { isTest } from "./rows";

export interface Campaign {
  id: string;
  name: string;
  status: string;
}

const CONNECTIONS = ["connection_request_sent", "connection_request_accepted"] as const;
const REPLIES = ["every_message_reply_received", "message_reply_received"] as const;

/** What can be listed one by one. */
export const LISTED: readonly string[] = [...CONNECTIONS, ...REPLIES];
export const REPLY_TYPES: readonly string[] = REPLIES;

/** A connection is made once per campaign and lead; a reply is named by its conversation and second. */
export function logicalKeyIn(payload: unknown, eventType: string): string | undefined {
  if (isTest(payload)) return undefined;
  const lead = leadName(at(payload, "lead", "profile_url"), at(payload, "lead", "id"));
  const messages = at(payload, "recent_messages");
  const reply = Array.isArray(messages) ? messages.findLast((message) => at(message, "is_reply") === true) : undefined;
  return logicalKeyOf(eventType, {
    campaign: firstId(at(payload, "campaign", "id")),
    lead,
    conversation: firstId(at(payload, "conversation_id")),
    repliedAt: timeFrom(at(reply, "creation_time")),
  });
}

function logicalKeyOf(
  type: string,
  about: { campaign?: string; lead?: string; conversation?: string; repliedAt?: string },
): string | undefined {
  const { campaign, lead, conversation, repliedAt } = about;
  if ((CONNECTIONS as readonly string[]).includes(type))
    return campaign && lead && `${type}:${campaign}:${personIn(lead)}`;
  if (!(REPLIES as readonly string[]).includes(type)) return undefined;
  return conversation && repliedAt && `${type}:${conversation}:${inSeconds(repliedAt)}`;
}

/** The part of a profile's address that names the person: the rest of it is written in several ways. */
function leadName(profileUrl: unknown, id: unknown): string | undefined {
  const [, name] = /\/in\/([^/?#]+)/.exec(typeof profileUrl === "string" ? profileUrl : "") ?? [];
  return name?.toLowerCase() ?? firstId(id);
}

const STATES: Readonly<Record<string, (typeof CONNECTIONS)[number]>> = {
  ConnectionSent: "connection_request_sent",
  ConnectionAccepted: "connection_request_accepted",
};

/** The event of a lead's connection as it is now, by the time of the lead's last action: its own time is not listed. */
export function connectionEntry(campaign: Campaign, lead: unknown): Entry | undefined {
  const type = STATES[String(at(lead, "leadConnectionStatus"))];
  if (type === undefined) return undefined;
  const time = timeFrom(at(lead, "lastActionTime"));
  if (time === undefined) throw new ApiFailure("malformed", "HeyReach's answer has a lead without lastActionTime.");
  const profile = at(lead, "linkedInUserProfile");
  const sender = { id: at(lead, "linkedInSenderId") as Json, full_name: at(lead, "linkedInSenderFullName") as Json };
  return entryOf(campaign, type, profile, {}, time, { sender });
}

/** The replies of one conversation, whose messages are given from the first one on. */
export function replyEntries(campaign: Campaign, conversation: unknown, messages: readonly unknown[]): Entry[] {
  const inOrder = messages
    .map((message) => {
      const time = timeFrom(at(message, "createdAt"));
      if (time === undefined) throw new ApiFailure("malformed", "HeyReach's answer has a message without createdAt.");
      return { time, text: (at(message, "body") ?? null) as Json, isReply: at(message, "sender") === "CORRESPONDENT" };
    })
    .sort((one, other) => (one.time < other.time ? -1 : 1));
  const first = inOrder.findIndex(({ isReply }) => isReply);
  const account = at(conversation, "linkedInAccount");
  const sender = { id: (at(account, "id") ?? at(conversation, "linkedInAccountId")) as Json };
  return inOrder.flatMap(({ time, isReply }, index) => {
    if (!isReply) return [];
    const recent = inOrder.slice(Math.max(0, index - MOST_RECENT + 1), index + 1);
    const facts = {
      is_inmail: false,
      conversation_id: at(conversation, "id") as Json,
      recent_messages: recent.map((one) => ({ creation_time: one.time, message: one.text, is_reply: one.isReply })),
      sender,
    };
    const about = { conversation: firstId(at(conversation, "id")), repliedAt: time };
    const types = index === first ? REPLIES : REPLIES.slice(0, 1);
    return types.map((type) => entryOf(campaign, type, at(conversation, "correspondentProfile"), about, time, facts));
  });
}

/** How many messages a rebuilt webhook repeats. */
const MOST_RECENT = 20;

/** Its correlation id names the event by its logical key, so that `identify` returns it as the event's key. */
function entryOf(
  campaign: Campaign,
  eventType: string,
  profile: unknown,
  about: { conversation?: string; repliedAt?: string },
  occurredAt: string,
  facts: Record<string, Json | undefined>,
): Entry {
  const lead = leadBody(profile);
  const name = leadName(lead.profile_url, lead.id);
  const logicalKey = logicalKeyOf(eventType, { ...about, campaign: campaign.id, lead: name });
  if (logicalKey === undefined) throw new ApiFailure("malformed", "HeyReach's answer names no lead or conversation.");
  const body = {
    ...facts,
    campaign: { id: Number(campaign.id), name: campaign.name, status: campaign.status },
    lead,
    timestamp: justBefore(occurredAt),
    event_type: eventType,
    correlation_id: logicalKey,
  };
  const objectId = firstId(lead.id, lead.profile_url);
  return { logicalKey, eventType, objectId, occurredAt, origin: "reconstructed", webhook: webhookOf(body) };
}

/** Only what the profile has: a column of a lead is left alone when its event does not mention it. */
function leadBody(profile: unknown): Record<string, Json | undefined> {
  const [firstName, lastName] = [at(profile, "firstName"), at(profile, "lastName")] as (Json | undefined)[];
  const tags = at(profile, "tags");
  return {
    id: (firstId(at(profile, "linkedin_id"), at(profile, "linkedInId")) ?? undefined) as Json | undefined,
    profile_url: at(profile, "profileUrl") as Json | undefined,
    first_name: firstName,
    last_name: lastName,
    full_name: [firstName, lastName].filter((part) => typeof part === "string").join(" "),
    location: at(profile, "location") as Json | undefined,
    company_name: at(profile, "companyName") as Json | undefined,
    position: at(profile, "position") as Json | undefined,
    email_address: (at(profile, "emailAddress") ?? undefined) as Json | undefined,
    enriched_email: (at(profile, "enrichedEmailAddress") ?? undefined) as Json | undefined,
    ...(Array.isArray(tags) && { tags: tags.filter((tag): tag is string => typeof tag === "string") }),
  };
}
