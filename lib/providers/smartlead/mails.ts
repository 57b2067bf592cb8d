/**
 * Smartlead's mails and replies as its API lists them, and as the bodies of its webhooks have them. The fields of the lists
 * are those that integrators observed, which are not those of the documentation.
 */
import { ApiFailure, type Entry } from "../api";
import type { Json } from "../provider";
import { inSeconds, justBefore, personIn, webhookOf } from "../reconstruct";
import { at, idFrom, timeFrom } from "../shape";

export interface Campaign {
  id: string;
  name: string;
  status: string;
  client: Json;
}

/** What webhook and list have in common. A mail is sent once and bounces once; a lead leaves a campaign once. */
export function logicalKeyOf(
  eventType: string,
  about: { mail?: string; campaign?: string; lead?: string; repliedAt?: string },
): string | undefined {
  const { mail, campaign, lead, repliedAt } = about;
  switch (eventType) {
    case "EMAIL_SENT":
    case "EMAIL_BOUNCE":
      return mail && `${eventType}:${mail}`;
    case "EMAIL_REPLY":
      // Not by its mail: one reply is listed with several mails of its lead.
      return campaign && lead && repliedAt && `${eventType}:${campaign}:${personIn(lead)}:${inSeconds(repliedAt)}`;
    case "LEAD_UNSUBSCRIBED":
      return campaign && lead && `${eventType}:${campaign}:${personIn(lead)}`;
    default:
      return undefined;
  }
}

/** The events of a row of `campaigns/{id}/statistics`: a mail. All have its time, as the webhook of a bounce does. */
export function mailEntries(campaign: Campaign, row: unknown): Entry[] {
  const mail = idFrom(at(row, "stats_id"));
  const lead = leadIn(at(row, "lead_email"));
  const sentAt = timeFrom(at(row, "sent_time"));
  if (mail === undefined || lead === undefined) throw unreadable("a mail without its id or its lead");
  // A mail that waits to be sent.
  if (sentAt === undefined) return [];
  const facts = {
    event_timestamp: justBefore(sentAt),
    stats_id: mail,
    sl_lead_email: lead,
    to_email: lead,
    to_name: (at(row, "lead_name") ?? null) as Json,
    sequence_number: numberIn(at(row, "sequence_number")),
    subject: (at(row, "email_subject") ?? null) as Json,
    sent_message: { html: (at(row, "email_message") ?? null) as Json, time: sentAt },
  };
  const types = [
    "EMAIL_SENT",
    ...(at(row, "is_bounced") === true ? ["EMAIL_BOUNCE"] : []),
    ...(at(row, "is_unsubscribed") === true ? ["LEAD_UNSUBSCRIBED"] : []),
  ];
  return types.map((type) =>
    entryOf(campaign, type, { mail, lead }, sentAt, type === "EMAIL_SENT" ? { ...facts, time_sent: sentAt } : facts),
  );
}

/** The replies of one lead, from its history: the mails to it and its answers. */
export function replyEntries(campaign: Campaign, leadEmail: string | undefined, history: readonly unknown[]): Entry[] {
  const isOf = (type: string) => (item: unknown) => String(at(item, "type")).toUpperCase() === type;
  const mails = history.filter(isOf("SENT"));
  return history.filter(isOf("REPLY")).map((reply) => {
    const repliedAt = timeFrom(at(reply, "time"));
    const lead = leadEmail ?? leadIn(at(mails[0], "to")) ?? leadIn(at(reply, "from"));
    if (repliedAt === undefined || lead === undefined) throw unreadable("a reply without its time or its lead");
    const mail = mails.filter((sent) => String(timeFrom(at(sent, "time"))) <= repliedAt).at(-1) ?? mails[0];
    const html = (at(reply, "email_body") ?? null) as Json;
    const id = idFrom(at(reply, "message_id"));
    const body = {
      event_timestamp: justBefore(repliedAt),
      time_replied: repliedAt,
      stats_id: idFrom(at(reply, "stats_id")) ?? idFrom(at(mail, "stats_id")),
      sl_lead_email: lead,
      to_email: lead,
      from_email: at(mail, "from") as Json,
      sequence_number: numberIn(at(mail, "email_seq_number")),
      subject: (at(reply, "subject") ?? at(mail, "subject") ?? null) as Json,
      sent_message: {
        message_id: at(mail, "message_id") as Json,
        html: at(mail, "email_body") as Json,
        time: at(mail, "time") as Json,
      },
      reply_message: { message_id: id, html, time: repliedAt },
      reply_body: html,
    };
    const entry = entryOf(campaign, "EMAIL_REPLY", { lead, repliedAt }, repliedAt, body);
    if (id !== undefined) return entry;
    // Without it the reply would have no row.
    return { ...entry, webhook: undefined, unrecoverable: "Smartlead's API does not name the id of this reply." };
  });
}

/** Its id names the event by its logical key, so that `identify` returns it as the event's key. */
function entryOf(
  campaign: Campaign,
  eventType: string,
  about: { mail?: string; lead: string; repliedAt?: string },
  occurredAt: string,
  facts: Record<string, Json | undefined>,
): Entry {
  const logicalKey = logicalKeyOf(eventType, { ...about, campaign: campaign.id });
  const body = {
    event_type: eventType,
    event_id: logicalKey,
    campaign_id: numberIn(campaign.id),
    campaign_name: campaign.name,
    campaign_status: campaign.status,
    client_id: campaign.client,
    ...facts,
  };
  return { logicalKey, eventType, objectId: about.lead, occurredAt, origin: "reconstructed", webhook: webhookOf(body) };
}

export function leadIn(value: unknown): string | undefined {
  return idFrom(value)?.trim().toLowerCase();
}

/** Ids and numbers are numbers in webhooks, and sometimes text in lists. */
function numberIn(value: unknown): Json {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

function unreadable(what: string): ApiFailure {
  return new ApiFailure("malformed", `Smartlead's answer has ${what}.`);
}
