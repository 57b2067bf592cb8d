import { createHash } from "node:crypto";
import { type HeyreachType, heyreachEvent } from "@/lib/providers/heyreach/sample";
import { bodyOf } from "@/lib/samples/ids";
import { type HeyreachCampaign, type HeyreachWebhook, startHeyreach } from "../heyreach";
import type { Expected, ProviderApiRow } from "../row";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/heyreach";
const TYPES = [
  "connection_request_sent",
  "every_message_reply_received",
  "connection_request_accepted",
  "message_reply_received",
] as const;
type Type = (typeof TYPES)[number];

export const row: ProviderApiRow = {
  provider: "heyreach",
  // Half of them are leads, half are conversations, 100 a page each.
  perPage: 200,
  // The page of conversations, and the rest of each of which the page has only the end.
  requestsPerPage: 101,
  resolutionMs: 1000,
  readableAfterSeconds: 0,
  limit: [300, 60],

  async start() {
    const fake = await startHeyreach();
    let count = 0;

    function campaign(id: number, status: string): HeyreachCampaign {
      const made = { id, name: "Clinic owners", status, leads: [] };
      fake.campaigns.push(made);
      return made;
    }
    const active = campaign(3301, "IN_PROGRESS");
    const finished = campaign(3302, "FINISHED");

    /** A conversation whose first reply was before; `isFirst`: without it. */
    function converse(of: HeyreachCampaign, id: string, time: Date, isFirst: boolean, profile: object, read = true) {
      const before = (minutes: number) => plain(new Date(time.getTime() - minutes * 60_000 - 86_400_000));
      const messages = [
        { createdAt: before(3), body: "Hi Dana, thanks for connecting.", sender: "ME" as const },
        ...(isFirst ? [] : [{ createdAt: before(2), body: "Who is this?", sender: "CORRESPONDENT" as const }]),
        { createdAt: before(1), body: "We met in Leeds.", sender: "ME" as const },
        { createdAt: plain(time), body: "Tell me more.", sender: "CORRESPONDENT" as const },
      ];
      const lastMessageAt = plain(time);
      fake.conversations.push({
        id,
        campaign: of.id,
        read,
        lastMessageAt,
        correspondentProfile: { ...profile },
        messages,
      });
      return messages;
    }

    function make(of: HeyreachCampaign, type: Type, time: Date, read = true): Expected[] {
      count += 1;
      const name = `dana-reyes-${count}`;
      const profileUrl = `https://www.linkedin.com/in/${name}`;
      const person = {
        linkedin_id: `lead_${count}`,
        profileUrl,
        firstName: "Dana",
        lastName: "Reyes",
        tags: ["clinic"],
      };
      const at = time.getTime() / 1000;
      const occurredAt = time.toISOString();
      const lead = {
        id: person.linkedin_id,
        profile_url: profileUrl,
        first_name: "Dana",
        last_name: "Reyes",
        tags: ["clinic"],
      };
      const event = (eventType: HeyreachType, body: object) =>
        bodyOf(heyreachEvent({ type: eventType, campaign: of.id, at, body: { lead, ...body } }));
      if (type.startsWith("connection")) {
        const leadConnectionStatus = type === "connection_request_sent" ? "ConnectionSent" : "ConnectionAccepted";
        const own = { lastActionTime: plain(time), leadConnectionStatus, linkedInSenderId: 12 };
        of.leads.push({
          ...own,
          leadCampaignStatus: "InSequence",
          linkedInUserProfile: { ...person },
        });
        const webhook = { body: event(type, {}), headers: [] };
        return [{ key: `${type}:${of.id}:${hashOf(name)}`, eventType: type, occurredAt, webhook }];
      }
      const conversation = `2-${Buffer.from(String(count)).toString("base64")}`;
      const messages = converse(of, conversation, time, type === "message_reply_received", person, read);
      const recent = messages.map((one) => ({
        creation_time: one.createdAt,
        message: one.body,
        is_reply: one.sender === "CORRESPONDENT",
      }));
      // The first reply is sent under both types.
      const types: Type[] = type === "message_reply_received" ? [type, "every_message_reply_received"] : [type];
      return types.map((each) => ({
        key: `${each}:${conversation}:${occurredAt.slice(0, 19)}Z`,
        eventType: each,
        occurredAt,
        webhook: { body: event(each, { recent_messages: recent, conversation_id: conversation }), headers: [] },
      }));
    }

    const webhook = (eventType: string, changes: Partial<HeyreachWebhook> = {}): HeyreachWebhook => {
      count += 1;
      const own = { id: count, webhookName: `desk ${count}`, webhookUrl: `${URL_OF_OURS}/the-token` };
      return { ...own, eventType, campaignIds: [], isActive: true, ...changes };
    };
    const set = (...webhooks: HeyreachWebhook[]) => {
      fake.webhooks.splice(0, fake.webhooks.length, ...webhooks);
    };
    const NEEDED = ["CONNECTION_REQUEST_ACCEPTED", "EVERY_MESSAGE_REPLY_RECEIVED"];
    const needed = NEEDED.map((type) => type.toLowerCase());
    set(...TYPES.map((type) => webhook(type.toUpperCase())));

    return {
      fake,
      credentials: { api_key: fake.key },
      seed: (times) => times.flatMap((time) => make(active, TYPES[count % TYPES.length] as Type, time)),
      seedHidden: (at) => [
        ...make(finished, "connection_request_accepted", at),
        ...make(finished, "every_message_reply_received", at, false),
      ],
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.key = "theNextHeyreachKey+0123456=";
      },
      configurations: [
        {
          name: "the types that rows need have a webhook each",
          prepare: () => set(...NEEDED.map((type) => webhook(type))),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: needed,
          problems: [],
        },
        {
          name: "no webhook has our URL",
          prepare: () => set(webhook("MESSAGE_SENT", { webhookUrl: "https://other.example.com/" })),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
        {
          name: "one is switched off, one is there twice and sends of one campaign",
          prepare: () =>
            set(
              webhook(NEEDED[0] as string, { isActive: false }),
              webhook(NEEDED[1] as string, { campaignIds: [3301] }),
              webhook(NEEDED[1] as string),
            ),
          endpointUrl: `${URL_OF_OURS}/{token}`,
          subscribedTypes: needed.slice(1),
          problems: ["endpoint_disabled", "endpoint_repeated", "some_campaigns", "types_missing"],
          afterRepairs: ["endpoint_disabled", "endpoint_repeated", "some_campaigns"],
        },
      ],
    };
  },
};

/** `2026-03-02T09:00:00Z`, as HeyReach writes whole seconds. */
function plain(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function hashOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}
