/** The rows of HeyReach's campaigns. Messages have no ids: conversation, time, side and text identify one. */
import { sha256Hex } from "../hmac";
import { campaignRow, firstId, leadRow, messageRow, type Status } from "../outreach-rows";
import { type Change, InvalidPayload, type Json, type ProjectableEvent } from "../provider";
import { at, isoFrom, objectIn, textFrom } from "../shape";

type Row = (event: ProjectableEvent) => Change[];

const INVITED: Status = { status: "invited", rank: 1 };
const CONNECTED: Status = { status: "connected", rank: 2 };
const CONTACTED: Status = { status: "contacted", rank: 3 };
const REPLIED: Status = { status: "replied", rank: 4 };

/** The correlation_id of its "Test" button, always the same. */
const ALL_ZERO = /^[0-]+$/;

export function isTest(payload: unknown): boolean {
  const correlation = at(payload, "correlation_id");
  return typeof correlation === "string" && ALL_ZERO.test(correlation);
}

/** The person of a test is made up, so a test writes no rows. */
const real =
  (rows: Row): Row =>
  (event) =>
    isTest(event.payload) ? [] : rows(event);

export const heyreachProjections: Readonly<Record<string, Row>> = {
  connection_request_sent: real((event) => leadRows(event, INVITED)),
  connection_request_accepted: real((event) => leadRows(event, CONNECTED)),
  message_sent: real((event) => [...leadRows(event, CONTACTED), ...messageRows(event)]),
  inmail_sent: real((event) => [...leadRows(event, CONTACTED), ...messageRows(event)]),
  message_reply_received: real((event) => [...leadRows(event, REPLIED), ...messageRows(event)]),
  every_message_reply_received: real((event) => [...leadRows(event, REPLIED), ...messageRows(event)]),
  inmail_reply_received: real((event) => [...leadRows(event, REPLIED), ...messageRows(event)]),
  follow_sent: real((event) => leadRows(event)),
  liked_post: real((event) => leadRows(event)),
  viewed_profile: real((event) => leadRows(event)),
  lead_tag_updated: real((event) => leadRows(event)),
  campaign_completed: real((event) => {
    const rows = campaignRows(event);
    if (rows.length === 0) throw new InvalidPayload("campaign.id", "expected the id of a campaign");
    return rows;
  }),
};

export function leadIdOf(payload: unknown): string | undefined {
  return firstId(at(payload, "lead", "id"), at(payload, "lead", "profile_url"));
}

function leadRows(event: ProjectableEvent, status?: Status): Change[] {
  const lead = at(objectIn(event), "lead");
  const id = requiredLead(event);
  const tags = at(lead, "tags");
  const values = {
    email: textFrom(at(lead, "email_address"), 255) ?? textFrom(at(lead, "enriched_email"), 255),
    first_name: textFrom(at(lead, "first_name"), 255),
    last_name: textFrom(at(lead, "last_name"), 255),
    company_name: textFrom(at(lead, "company_name"), 255),
    profile_url: textFrom(at(lead, "profile_url"), 1_000),
    tags: Array.isArray(tags) ? tags.map((tag): Json => textFrom(tag, 255) ?? null) : undefined,
  };
  return [...campaignRows(event), ...leadRow(event, firstId(at(event.payload, "campaign", "id")), id, values, status)];
}

/** The test button's campaign has no status; the column is then left alone. */
function campaignRows(event: ProjectableEvent): Change[] {
  const campaign = at(objectIn(event), "campaign");
  const id = firstId(at(campaign, "id"));
  if (id === undefined) return [];
  return campaignRow(event, id, {
    name: textFrom(at(campaign, "name"), 1_000),
    status: textFrom(at(campaign, "status"), 255),
  });
}

/** Each event repeats the latest messages of its conversation, so most of these rows exist already. */
function messageRows(event: ProjectableEvent): Change[] {
  const messages = at(event.payload, "recent_messages");
  if (!Array.isArray(messages)) return [];
  const lead = requiredLead(event);
  const conversation = firstId(at(event.payload, "conversation_id")) ?? `lead ${lead}`;
  return messages.flatMap((message) => {
    const time = isoFrom(at(message, "creation_time"));
    if (time === undefined) return [];
    const isReply = at(message, "is_reply") === true;
    const body = textFrom(at(message, "message"));
    const id = `${conversation}:${time}:${isReply ? "in" : "out"}:${sha256Hex(body ?? "").slice(0, 12)}`;
    const values = {
      direction: isReply ? "inbound" : "outbound",
      campaign_id: firstId(at(event.payload, "campaign", "id")),
      lead_id: lead,
      body,
      ...(isReply ? { received_at: time } : { sent_at: time }),
    };
    return messageRow(event, id, values, { status: isReply ? "received" : "sent", rank: 1 });
  });
}

function requiredLead(event: ProjectableEvent): string {
  const id = leadIdOf(event.payload);
  if (id === undefined) throw new InvalidPayload("lead.id", "expected the id of a lead");
  return id;
}
