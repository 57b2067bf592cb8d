/**
 * HeyReach's public API, as far as reconciliation asks it: campaigns, their leads by a time filter, conversations by their
 * newest message, counts by UTC days, and webhooks. The fields are those that integrators observed.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface HeyreachLead {
  lastActionTime: string;
  leadConnectionStatus: string;
  linkedInUserProfile: Record<string, unknown>;
  [field: string]: unknown;
}

export interface HeyreachConversation {
  id: string;
  campaign: number;
  read: boolean;
  lastMessageAt: string;
  correspondentProfile: Record<string, unknown>;
  messages: { createdAt: string; body: string; sender: "ME" | "CORRESPONDENT" }[];
}

export interface HeyreachCampaign {
  id: number;
  name: string;
  status: string;
  leads: HeyreachLead[];
}

export interface HeyreachWebhook {
  id: number;
  webhookName: string;
  webhookUrl: string;
  eventType: string;
  campaignIds: number[];
  isActive: boolean;
}

export interface HeyreachFake extends FakeServer {
  campaigns: HeyreachCampaign[];
  conversations: HeyreachConversation[];
  webhooks: HeyreachWebhook[];
  /** Of the whole span that is asked for. */
  stats: Record<string, number>;
  key: string;
  /** Lists have only so many of the latest messages of a conversation. */
  messagesInLists: number;
  losesList: boolean;
}

const MOST_PER_PAGE = 100;

export async function startHeyreach(): Promise<HeyreachFake> {
  const server = await startFakeServer("x-request-id", (request) => answer(request));
  const fake: HeyreachFake = {
    ...server,
    campaigns: [],
    conversations: [],
    webhooks: [],
    stats: {},
    key: "fakeHeyreachKey+0123456789=",
    messagesInLists: 2,
    losesList: false,
  };
  return fake;

  function answer({ method, path, headers, body }: FakeRequest): FakeAnswer {
    if (headers["x-api-key"] !== fake.key) return { status: 401, text: "" };
    if (path === "/auth/CheckApiKey") return { status: 200, text: "{}" };
    const [, conversation] = /^\/inbox\/GetChatroom\/[^/]+\/([^/]+)$/.exec(path) ?? [];
    if (method === "GET" && conversation) return chatroom(decodeURIComponent(conversation));
    if (method !== "POST") return { status: 404, text: "" };
    const asked = JSON.parse(body) as Record<string, unknown>;
    switch (path) {
      case "/campaign/GetAll":
        return paged(
          asked,
          fake.campaigns.map(({ leads: _, ...campaign }) => campaign),
        );
      case "/campaign/GetLeadsFromCampaign":
        return paged(asked, leadsOf(asked));
      case "/inbox/GetConversationsV2":
        return paged(asked, conversationsOf(asked).map(shown));
      case "/stats/GetOverallStats":
        return { json: { byDayStats: {}, overallStats: fake.stats } };
      case "/webhooks/GetAllWebhooks":
        return paged(asked, fake.webhooks);
      case "/webhooks/CreateWebhook":
        return create(asked);
      default:
        return { status: 404, text: "" };
    }
  }

  function leadsOf({ campaignId, timeFilter, timeFrom, timeTo }: Record<string, unknown>): HeyreachLead[] {
    const leads = fake.campaigns.find(({ id }) => id === campaignId)?.leads ?? [];
    if (timeFilter !== "LastActionTakenTime") return leads;
    const [from, to] = [Date.parse(String(timeFrom)), Date.parse(String(timeTo))];
    return leads.filter(({ lastActionTime }) => Date.parse(lastActionTime) >= from && Date.parse(lastActionTime) <= to);
  }

  function conversationsOf({ filters }: Record<string, unknown>): HeyreachConversation[] {
    const { campaignIds, seen } = filters as { campaignIds: number[]; seen?: boolean | null };
    return fake.conversations
      .filter(({ campaign }) => campaignIds.length === 0 || campaignIds.includes(campaign))
      .filter(({ read }) => seen === null || seen === undefined || seen === read)
      .sort((a, b) => (a.lastMessageAt < b.lastMessageAt ? 1 : -1));
  }

  function shown({ campaign: _, ...conversation }: HeyreachConversation) {
    const { messages } = conversation;
    const last = messages.at(-1);
    return {
      ...conversation,
      totalMessages: messages.length,
      messages: messages.slice(-fake.messagesInLists),
      lastMessageText: last?.body,
      lastMessageSender: last?.sender,
      linkedInAccountId: 12,
      linkedInAccount: { id: 12, firstName: "Amara", lastName: "Obi" },
    };
  }

  function chatroom(id: string): FakeAnswer {
    const found = fake.conversations.find((conversation) => conversation.id === id);
    return found ? { json: { ...shown(found), messages: found.messages } } : { status: 404, text: "" };
  }

  function create(asked: Record<string, unknown>): FakeAnswer {
    const { webhookName, webhookUrl, eventType, campaignIds } = asked as unknown as HeyreachWebhook;
    if (webhookName.length > 25) return { status: 400, json: { errorMessage: "The name is too long." } };
    const id = fake.webhooks.length + 1000;
    fake.webhooks.push({ id, webhookName, webhookUrl, eventType, campaignIds, isActive: true });
    return { json: { id } };
  }

  function paged({ offset, limit }: Record<string, unknown>, items: readonly unknown[]): FakeAnswer {
    const [from, size] = [Number(offset ?? 0), Number(limit ?? 10)];
    if (size > MOST_PER_PAGE) return { status: 400, json: { errorMessage: "The limit is at most 100." } };
    const page = fake.losesList ? {} : { items: items.slice(from, from + size) };
    return { json: { totalCount: items.length, ...page } };
  }
}
