import { type ChatwootType, chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { bodyOf } from "@/lib/samples/ids";
import { sign } from "../../../fixtures/sign";
import { type ChatwootConversation, startChatwoot } from "../chatwoot";
import type { Expected, ProviderApiRow } from "../row";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/chatwoot";
const ACCOUNT = 3;
const INBOX = 8;
const TYPES = ["message_created", "conversation_created", "contact_created"] as const;
const NEEDED = ["message_created", "message_updated", "conversation_created", "conversation_status_changed"];
const MONTH_SECONDS = 30 * 86_400;

export const row: ProviderApiRow = {
  provider: "chatwoot",
  // Two of three are conversations, 25 a page; the third is a contact, 15 a page.
  perPage: 42,
  // The page of conversations, and the messages of each.
  requestsPerPage: 26,
  resolutionMs: 1000,
  readableAfterSeconds: 0,
  limit: [3_000, 60],

  async start() {
    const fake = await startChatwoot(ACCOUNT);
    let count = 0;

    function conversation(id: number, createdAt: number, at: number, status = "open"): ChatwootConversation {
      const sender = { id: 9021, name: "Noah Whitfield", email: "noah.whitfield@example.com", type: "contact" };
      const times = { created_at: createdAt, last_activity_at: at, timestamp: at, updated_at: at + 0.25 };
      const made = { id, status, account_id: ACCOUNT, inbox_id: INBOX, can_reply: true, labels: [], meta: { sender } };
      const whole = { ...made, ...times, thread: [] };
      fake.conversations.push(whole);
      return whole;
    }

    function make(type: (typeof TYPES)[number], time: Date, status = "open"): Expected {
      count += 1;
      const id = 5000 + count;
      const at = time.getTime() / 1000;
      if (type === "contact_created") {
        const person = { name: "Noah Whitfield", email: `noah${id}@example.com`, phone_number: null, identifier: null };
        fake.contacts.push({ id, created_at: at, ...person });
      } else if (type === "conversation_created") conversation(id, at, at, status);
      else {
        const { thread } = conversation(id, at - MONTH_SECONDS, at, status);
        const common = { content: "Where is it?", content_type: "text", content_attributes: {}, private: false };
        // An activity, of which Chatwoot sends no webhook.
        thread.push({ id: 90_000 + count * 2, created_at: at, message_type: 2, ...common });
        thread.push({ id: 90_001 + count * 2, created_at: at, message_type: 0, ...common });
      }
      const own = type === "message_created" ? 90_001 + count * 2 : id;
      const [kind] = type.split("_");
      return {
        key: `${type}:${ACCOUNT}:${own}`,
        ...(type !== "message_created" && { id: `${kind}:${ACCOUNT}:${id}` }),
        eventType: type,
        occurredAt: time.toISOString(),
        webhook: webhookOf(type, own, id, at),
      };
    }

    const set = (...webhooks: string[][]) => {
      const url = URL_OF_OURS;
      const made = webhooks.map((subscriptions, index) => ({ id: index + 1, url, subscriptions }));
      fake.webhooks.splice(0, fake.webhooks.length, ...made);
    };

    return {
      fake,
      credentials: { base_url: "https://chat.example.com", api_key: fake.token, account_id: String(ACCOUNT) },
      seed: (times) =>
        times.map((time) => {
          const type = TYPES[count % TYPES.length] as (typeof TYPES)[number];
          return make(type, time);
        }),
      seedHidden: (at) =>
        ["resolved", "pending", "snoozed"].flatMap((status) => [
          make("message_created", at, status),
          make("conversation_created", at, status),
        ]),
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.token = "theNextChatwootToken0123";
      },
      configurations: [
        {
          name: "the webhook has what is needed",
          prepare: () => set([...NEEDED, "contact_created"]),
          endpointUrl: `${URL_OF_OURS}/`,
          subscribedTypes: [...NEEDED, "contact_created"],
          problems: [],
        },
        {
          name: "no webhook has our URL",
          prepare: () => set(),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
        {
          name: "two webhooks have our URL, and both lack types",
          prepare: () => set(["message_created"], ["message_created", "message_updated"]),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: ["message_created", "message_updated"],
          problems: ["endpoint_repeated", "types_missing"],
        },
      ],
    };
  },
};

function webhookOf(event: ChatwootType, id: number, conversation: number, at: number) {
  const body = bodyOf(chatwootEvent({ event, id, conversation, account: ACCOUNT, inbox: INBOX, at }));
  return { body, headers: sign("chatwoot", body, { at }) };
}
