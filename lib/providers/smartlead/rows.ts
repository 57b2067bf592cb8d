/** The rows of Smartlead's campaigns. `stats_id` identifies a message, its address a lead. */
import { campaignRow, firstId, idAt, leadRow, messageRow, type Status } from "../outreach-rows";
import { type Change, InvalidPayload, type Json, type ProjectableEvent } from "../provider";
import { at, objectIn, textFrom, timeFrom } from "../shape";

type Row = (event: ProjectableEvent) => Change[];

const SENT: Status = { status: "sent", rank: 1 };
const OPENED: Status = { status: "opened", rank: 2 };
const CLICKED: Status = { status: "clicked", rank: 3 };
const REPLIED: Status = { status: "replied", rank: 4 };
const BOUNCED: Status = { status: "bounced", rank: 5 };
const UNSUBSCRIBED: Status = { status: "unsubscribed", rank: 6 };

export const smartleadProjections: Readonly<Record<string, Row>> = {
  EMAIL_SENT: (event) => mailRows(event, SENT, {}),
  EMAIL_OPEN: (event) => mailRows(event, OPENED, { opened_at: timeAt(event, "time_opened") }),
  EMAIL_LINK_CLICK: (event) => mailRows(event, CLICKED, { clicked_at: timeAt(event, "time_clicked") }),
  EMAIL_REPLY: (event) => [
    ...mailRows(event, REPLIED, { replied_at: timeAt(event, "time_replied") }),
    ...replyRow(event),
  ],
  EMAIL_BOUNCE: (event) =>
    // Its event_timestamp is the time when the mail was sent.
    mailRows(event, BOUNCED, { bounced_at: timeFrom(at(event.payload, "bounce_message", "time")) ?? event.receivedAt }),
  LEAD_UNSUBSCRIBED: (event) => [...campaignRows(event), ...leadRows(event, UNSUBSCRIBED)],
  LEAD_CATEGORY_UPDATED: (event) => [...campaignRows(event), ...leadRows(event)],
  CAMPAIGN_STATUS_CHANGED: (event) => campaignRows(event),
  UNTRACKED_REPLIES: (event) => replyRow(event),
};

/** Some types swap to_email and from_email, so the fields that name the lead come first. */
export function leadEmailOf(payload: unknown): string | undefined {
  return firstId(
    at(payload, "sl_lead_email"),
    at(payload, "lead_email"),
    at(payload, "lead_data", "email"),
    at(payload, "to_email"),
    at(payload, "to"),
  )?.toLowerCase();
}

function mailRows(event: ProjectableEvent, status: Status, times: Record<string, Json>): Change[] {
  const mail = idAt(event, "stats_id") ?? textFrom(at(event.payload, "sent_message", "message_id"), 4_000);
  if (mail === undefined) throw new InvalidPayload("stats_id", "expected the id of a mail");
  const sent = at(event.payload, "sent_message");
  const values = {
    direction: "outbound",
    campaign_id: requiredCampaign(event),
    lead_id: requiredLead(event),
    subject: textFrom(at(event.payload, "subject"), 1_000),
    body: textFrom(at(sent, "text")) ?? textFrom(at(sent, "html")),
    sequence_number: idAt(event, "sequence_number"),
    sent_at: timeFrom(at(sent, "time")) ?? timeFrom(at(event.payload, "time_sent")),
    ...times,
  };
  return [...campaignRows(event), ...leadRows(event, status), ...messageRow(event, mail, values, status)];
}

/** The lead's own message. Untracked ones belong to no campaign. */
function replyRow(event: ProjectableEvent): Change[] {
  const reply = at(objectIn(event), "reply_message");
  // The mail standard does not limit its length.
  const id = textFrom(at(reply, "message_id"), 4_000);
  if (id === undefined) throw new InvalidPayload("reply_message.message_id", "expected the id of a mail");
  const values = {
    direction: "inbound",
    campaign_id: idAt(event, "campaign_id"),
    lead_id: leadEmailOf(event.payload),
    subject: textFrom(at(event.payload, "subject"), 1_000),
    body: textFrom(at(reply, "text")) ?? textFrom(at(reply, "html")),
    received_at: timeFrom(at(reply, "time")) ?? timeAt(event),
  };
  return messageRow(event, id, values, { status: "received", rank: 1 });
}

function campaignRows(event: ProjectableEvent): Change[] {
  return campaignRow(event, requiredCampaign(event), {
    name: textFrom(at(event.payload, "campaign_name"), 1_000),
    status: textFrom(at(event.payload, "campaign_status"), 255),
  });
}

function leadRows(event: ProjectableEvent, status?: Status): Change[] {
  const lead = at(event.payload, "lead_data");
  const values = {
    email: requiredLead(event),
    first_name: textFrom(at(lead, "first_name"), 255),
    last_name: textFrom(at(lead, "last_name"), 255),
    company_name: textFrom(at(lead, "company_name"), 255),
    category: textFrom(at(event.payload, "lead_category", "new_name"), 255),
  };
  return leadRow(event, requiredCampaign(event), requiredLead(event), values, status);
}

function requiredCampaign(event: ProjectableEvent): string {
  const id = idAt(event, "campaign_id");
  if (id === undefined) throw new InvalidPayload("campaign_id", "expected the id of a campaign");
  return id;
}

function requiredLead(event: ProjectableEvent): string {
  const email = leadEmailOf(event.payload);
  if (email === undefined) throw new InvalidPayload("sl_lead_email", "expected the address of a lead");
  return email;
}

function timeAt(event: ProjectableEvent, field?: string): string {
  const own = field === undefined ? undefined : timeFrom(at(event.payload, field));
  return own ?? event.occurredAt ?? event.receivedAt;
}
