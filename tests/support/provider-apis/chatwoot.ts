/**
 * Chatwoot's API, as far as reconciliation asks it, by its public source: conversations (25 a page, open ones only unless asked
 * otherwise, by their latest activity), messages (the latest 20; from `after` to `before` up to 1,000, oldest first), contacts
 * (15 a page) and webhooks, which only administrators may read.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface ChatwootMessage {
  id: number;
  /** Unix seconds. */
  created_at: number;
  /** 0 incoming, 1 outgoing, 2 activity, 3 template. */
  message_type: number;
  [field: string]: unknown;
}

export interface ChatwootConversation {
  id: number;
  status: string;
  created_at: number;
  last_activity_at: number;
  thread: ChatwootMessage[];
  [field: string]: unknown;
}

export interface ChatwootContact {
  id: number;
  created_at: number;
  email: string | null;
  phone_number: string | null;
  identifier: string | null;
  [field: string]: unknown;
}

export interface ChatwootFake extends FakeServer {
  conversations: ChatwootConversation[];
  contacts: ChatwootContact[];
  webhooks: { id: number; url: string; subscriptions: string[] }[];
  token: string;
  account: number;
  role: "administrator" | "agent";
  losesList: boolean;
}

const CONVERSATIONS_PER_PAGE = 25;
const CONTACTS_PER_PAGE = 15;

export async function startChatwoot(account = 3): Promise<ChatwootFake> {
  const server = await startFakeServer("x-request-id", (request) => answer(request));
  const fake: ChatwootFake = {
    ...server,
    conversations: [],
    contacts: [],
    webhooks: [],
    token: "fakeChatwootToken012345",
    account,
    role: "administrator",
    losesList: false,
  };
  return fake;

  function answer(request: FakeRequest): FakeAnswer {
    const { path, headers } = request;
    if (headers.api_access_token !== fake.token) return { status: 401, json: { error: "Invalid Access Token" } };
    if (path === "/api/v1/profile") return { json: { id: 1, accounts: [{ id: fake.account, role: fake.role }] } };
    const [, own, rest = ""] = /^\/api\/v1\/accounts\/(\d+)\/(.+)$/.exec(path) ?? [];
    if (own !== String(fake.account)) return { status: 404, json: { error: "Resource could not be found" } };
    const [kind, id, part] = rest.split("/");
    if (kind === "webhooks") return listWebhooks();
    if (kind === "contacts") return id === undefined ? listContacts(request) : one(fake.contacts, id, "payload");
    if (kind !== "conversations") return { status: 404, json: {} };
    if (id === undefined) return listConversations(request);
    const conversation = fake.conversations.find((each) => String(each.id) === id);
    if (conversation === undefined) return { status: 404, json: { error: "Resource could not be found" } };
    return part === "messages" ? listMessages(request, conversation) : { json: printed(conversation) };
  }

  function listWebhooks(): FakeAnswer {
    if (fake.role !== "administrator")
      return { status: 403, json: { error: "You are not authorized to do this action" } };
    return { json: { payload: { webhooks: fake.webhooks } } };
  }

  function listConversations({ query }: FakeRequest): FakeAnswer {
    const status = query.get("status") ?? "open";
    const found = fake.conversations
      .filter((conversation) => status === "all" || conversation.status === status)
      .sort((a, b) => b.last_activity_at - a.last_activity_at || b.id - a.id);
    const meta = { mine_count: 0, unassigned_count: found.length, assigned_count: 0, all_count: found.length };
    const payload = pageOf(found, query, CONVERSATIONS_PER_PAGE).map(printed);
    return { json: { data: fake.losesList ? { meta } : { meta, payload } } };
  }

  function listContacts({ query }: FakeRequest): FakeAnswer {
    // Of visitors that nothing is known of, Chatwoot lists none.
    const found = fake.contacts
      .filter(({ email, phone_number, identifier }) => email || phone_number || identifier)
      .sort((a, b) => (query.get("sort") === "-created_at" ? b.created_at - a.created_at : a.id - b.id));
    const meta = { count: found.length, current_page: query.get("page") ?? "1" };
    return { json: fake.losesList ? { meta } : { meta, payload: pageOf(found, query, CONTACTS_PER_PAGE) } };
  }

  function listMessages({ query }: FakeRequest, { thread }: ChatwootConversation): FakeAnswer {
    const [after, before] = [query.get("after"), query.get("before")].map((id) =>
      id === null ? undefined : Number(id),
    );
    const inOrder = [...thread].sort((a, b) => a.created_at - b.created_at || a.id - b.id);
    const payload =
      after !== undefined && before !== undefined
        ? inOrder.filter(({ id }) => id >= after && id < before).slice(0, 1000)
        : before !== undefined
          ? inOrder.filter(({ id }) => id < before).slice(-20)
          : after !== undefined
            ? inOrder.filter(({ id }) => id > after).slice(0, 100)
            : inOrder.slice(-20);
    return { json: fake.losesList ? { meta: {} } : { meta: {}, payload } };
  }
}

function pageOf<Item>(items: readonly Item[], query: URLSearchParams, size: number): Item[] {
  const page = Number(query.get("page") ?? 1);
  return items.slice((page - 1) * size, page * size);
}

function one(items: readonly { id: number }[], id: string, wrapper: string): FakeAnswer {
  const found = items.find((item) => String(item.id) === id);
  return found ? { json: { [wrapper]: found } } : { status: 404, json: { error: "Resource could not be found" } };
}

/** With its latest message, as in lists. */
function printed({ thread, ...conversation }: ChatwootConversation): Record<string, unknown> {
  return { ...conversation, messages: thread.slice(-1) };
}
