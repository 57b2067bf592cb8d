import { createHash } from "node:crypto";
import { type SmartleadType, smartleadEvent } from "@/lib/providers/smartlead/sample";
import { bodyOf } from "@/lib/samples/ids";
import type { Expected, ProviderApiRow } from "../row";
import { type SmartleadCampaign, type SmartleadWebhook, startSmartlead } from "../smartlead";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/smartlead";
const TYPES = ["EMAIL_SENT", "EMAIL_REPLY"] as const;
const NEEDED = ["EMAIL_SENT", "EMAIL_REPLY", "EMAIL_BOUNCE", "LEAD_UNSUBSCRIBED"];
const DAY_MS = 86_400_000;

export const row: ProviderApiRow = {
  provider: "smartlead",
  perPage: 200,
  // The page of leads, and the history of each where the page does not have it.
  requestsPerPage: 101,
  resolutionMs: 1000,
  readableAfterSeconds: 0,
  limit: [60, 60],

  async start() {
    const fake = await startSmartlead();
    let count = 0;

    function campaign(id: number, status: string): SmartleadCampaign {
      const created_at = "2026-01-05T08:00:00.000Z";
      const parts = { mails: [], leads: [], webhooks: [], failed: 0, client_id: null };
      const made = { id, name: "Spring clinics", status, created_at, ...parts };
      fake.campaigns.push(made);
      return made;
    }
    const active = campaign(90_412, "ACTIVE");
    const paused = campaign(90_413, "PAUSED");

    function mail(of: SmartleadCampaign, statsId: string, lead: string, time: Date, changes = {}): void {
      const texts = { lead_name: "Dana Reyes", email_subject: "A second line", email_message: "<p>Hi</p>" };
      const states = { is_bounced: false, is_unsubscribed: false, open_time: null, reply_time: null };
      const own = { stats_id: statsId, lead_email: lead, sequence_number: 1, sent_time: time.toISOString() };
      of.mails.push({ ...own, ...texts, ...states, ...changes });
    }

    function make(of: SmartleadCampaign, type: SmartleadType, time: Date): Expected {
      count += 1;
      const statsId = `7c0ffee0-2222-4222-8333-${String(count).padStart(12, "0")}`;
      const lead = `dana${count}@brightline.example`;
      const at = time.getTime() / 1000;
      const replyId = `<reply-${count}@brightline.example>`;
      const sentAt = type === "EMAIL_REPLY" ? at - DAY_MS / 1000 : at;
      mail(of, statsId, lead, new Date(sentAt * 1000), {
        is_bounced: type === "EMAIL_BOUNCE",
        is_unsubscribed: type === "LEAD_UNSUBSCRIBED",
      });
      if (type === "EMAIL_REPLY") {
        const sent = { type: "SENT", stats_id: statsId, message_id: `<${statsId}@desk.example.com>`, to: lead };
        const reply = { type: "REPLY", message_id: replyId, from: lead, time: time.toISOString() };
        of.leads.push({
          lead_id: String(5_510_000_000 + count),
          email: lead.toUpperCase(),
          history: [
            {
              ...sent,
              from: "amara@desk.example.com",
              time: new Date(sentAt * 1000).toISOString(),
              email_seq_number: "1",
            },
            { ...reply, subject: "Re: A second line", email_body: "<p>Tell me more.</p>" },
          ],
        });
      }
      const event = smartleadEvent({ type, statsId, lead, at, sentAt, campaign: of.id });
      if (type === "EMAIL_REPLY") event.reply_message = { message_id: replyId, text: "Tell me more.", time: isoOf(at) };
      return {
        key: keyOf(of, type, statsId, lead, time),
        eventType: type,
        occurredAt: time.toISOString(),
        webhook: { body: bodyOf(event), headers: [] },
      };
    }

    const webhook = (event_types: string[], changes: Partial<SmartleadWebhook> = {}): SmartleadWebhook => {
      count += 1;
      const own = { id: count, name: "desk", webhook_url: URL_OF_OURS, email_campaign_id: active.id };
      return { ...own, event_types, ...changes };
    };
    const set = (ofUser: SmartleadWebhook[], ...ofCampaigns: SmartleadWebhook[]) => {
      fake.userWebhooks.splice(0, fake.userWebhooks.length, ...ofUser);
      for (const one of fake.campaigns) one.webhooks.splice(0, one.webhooks.length, ...ofCampaigns);
    };

    return {
      fake,
      credentials: { api_key: fake.key },
      seed: (times) => {
        // Half of the time the list of leads has no histories.
        fake.givesHistory = !fake.givesHistory;
        return times.map((time) => make(active, TYPES[count % TYPES.length] as SmartleadType, time));
      },
      seedHidden: (at) => {
        // A bounce and an unsubscription are those of a mail, which is listed, too.
        const made = (["EMAIL_BOUNCE", "LEAD_UNSUBSCRIBED"] as const).map((type) => make(paused, type, at));
        const sent = paused.mails.map(({ stats_id }) => ({
          key: `EMAIL_SENT:${stats_id}`,
          eventType: "EMAIL_SENT",
          occurredAt: at.toISOString(),
        }));
        return [...made, ...sent, ...unnamedReply(at)];
      },
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.key = "the-next-smartlead-key_012345";
      },
      configurations: [
        {
          name: "a webhook of the user takes everything",
          prepare: () => set([webhook([...NEEDED, "EMAIL_OPEN"], { email_campaign_id: null })]),
          endpointUrl: `${URL_OF_OURS}/`,
          subscribedTypes: [...NEEDED, "EMAIL_OPEN"],
          problems: [],
        },
        {
          name: "a webhook of the user elsewhere silences those of the campaigns",
          prepare: () =>
            set(
              [webhook(["EMAIL_REPLY"], { email_campaign_id: null, webhook_url: "https://other.example.com/" })],
              webhook(NEEDED.slice(0, 3)),
            ),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: NEEDED.slice(0, 3),
          problems: ["silenced", "types_missing"],
        },
        {
          name: "no webhook has our URL",
          prepare: () => set([]),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
      ],
    };

    /** Its row could not be named without the id of the mail. */
    function unnamedReply(at: Date): Expected[] {
      const lead = "nameless@brightline.example";
      const reply = { type: "REPLY", from: lead, time: at.toISOString(), email_body: "<p>Hello.</p>" };
      paused.leads.push({ lead_id: "5510009999", email: lead, history: [reply] });
      const key = keyOf(paused, "EMAIL_REPLY", "", lead, at);
      return [{ key, eventType: "EMAIL_REPLY", occurredAt: at.toISOString(), isUnrecoverable: true }];
    }
  },
};

function keyOf(of: SmartleadCampaign, type: SmartleadType, mail: string, lead: string, time: Date): string {
  const person = hashOf(lead);
  if (type === "EMAIL_REPLY") return `${type}:${of.id}:${person}:${time.toISOString().slice(0, 19)}Z`;
  return type === "LEAD_UNSUBSCRIBED" ? `${type}:${of.id}:${person}` : `${type}:${mail}`;
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace("Z", "+00:00");
}

function hashOf(lead: string): string {
  return createHash("sha256").update(lead).digest("hex").slice(0, 16);
}
