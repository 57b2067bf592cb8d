/**
 * What is special about the APIs of providers that list objects instead of events. What all clients have in common is in
 * provider-apis.test.ts. Long because each provider has its own.
 */
import { afterEach, describe, expect, it } from "vitest";
import { findProvider } from "@/lib/providers";
import { ApiFailure, type Entry, type Page, type ProviderApi, type Window } from "@/lib/providers/api";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { acceptAs, type Change, type Provider } from "@/lib/providers/provider";
import { FIXTURE_SHOP, shopifyBody } from "@/lib/providers/shopify/sample";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { bodyOf } from "@/lib/samples/ids";
import { sign } from "../fixtures/sign";
import { type ChatwootConversation, startChatwoot } from "../support/provider-apis/chatwoot";
import type { FakeServer } from "../support/provider-apis/fake-server";
import { startHeyreach } from "../support/provider-apis/heyreach";
import { startMitto } from "../support/provider-apis/mitto";
import { type SessionOptions, sessionWith, type TestSession } from "../support/provider-apis/session";
import { startShopify } from "../support/provider-apis/shopify";
import { startSmartlead } from "../support/provider-apis/smartlead";

const FROM = new Date("2026-03-02T09:00:00Z");
const TO = new Date("2026-03-02T10:00:00Z");
const WINDOW: Window = { from: FROM, to: TO };
const SECOND = 1000;
const MONTH = 30 * 86_400 * SECOND;

const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake.close()));
});

describe("shopify", () => {
  const api = apiOf("shopify");
  async function shop(settings?: Record<string, string>) {
    const fake = opened(await startShopify(FIXTURE_SHOP));
    const session = sessionOf("shopify", fake, { shop: fake.shop, admin_token: fake.token }, { settings });
    return { fake, session };
  }
  const order = (digits: number, createdAt: Date, updatedAt: Date, given: object = {}) => ({
    id: `gid://shopify/Order/${digits}`,
    createdAt: second(createdAt),
    updatedAt: second(updatedAt),
    currencyCode: "USD",
    totalPriceSet: { shopMoney: { amount: "84.5" } },
    ...given,
  });

  it("says that a window with more than 25,000 orders is too large, before it reads them", async () => {
    const { fake, session } = await shop();
    fake.objects.orders = Array.from({ length: 25_001 }, (_, index) => order(index + 1, FROM, FROM));
    const page = await api.list(session, { ...WINDOW, types: ["orders/create"] }, null);
    expect(page).toEqual({ entries: [], next: null, isTooLarge: true });
    expect(fake.requests).toHaveLength(1);
    fake.objects.orders.pop();
    expect((await api.list(session, { ...WINDOW, types: ["orders/create"] }, null)).isTooLarge).toBeUndefined();
  });

  it("says that a list which cannot be counted is too large where it ends", async () => {
    const { fake, session } = await shop();
    const person = (index: number) => ({ id: `gid://shopify/Customer/${index + 1}`, createdAt: second(FROM) });
    fake.objects.customers = Array.from({ length: 25_100 }, (_, index) => ({
      ...person(index),
      updatedAt: second(FROM),
    }));
    const window = { ...WINDOW, types: ["customers/create"] };
    const cursor = { lists: ["customers.created"], after: Buffer.from("24749").toString("base64"), read: 24_750 };
    expect((await api.list(session, window, cursor)).isTooLarge).toBe(true);
  });

  it("waits as long as the missing points need to come back", async () => {
    const { fake, session } = await shop();
    fake.points = 40;
    const failure = await failureOf(api.list(session, { ...WINDOW, types: ["orders/create"] }, null));
    expect([failure.kind, failure.retryAfterMs]).toEqual(["rate_limited", 1000]);
    fake.points = -140;
    const later = await failureOf(api.list(session, { ...WINDOW, types: ["orders/create"] }, null));
    expect(later.retryAfterMs).toBe(2400);
  });

  it("does not take a list whose filter was ignored for the window", async () => {
    const { fake, session } = await shop();
    fake.tamper((answer) => {
      const search = [{ path: ["orders"], warnings: [{ field: "created_at", message: "Invalid search field." }] }];
      return { ...answer, json: { ...(answer.json as object), extensions: { search } } };
    });
    expect((await failureOf(api.list(session, { ...WINDOW, types: ["orders/create"] }, null))).kind).toBe("malformed");
  });

  it("refuses to check topics that the API does not list, also those of a source", async () => {
    const { session } = await shop();
    const failure = await failureOf(api.list(session, { ...WINDOW, types: ["refunds/create"] }, null));
    expect([failure.kind, failure.message]).toEqual(["refused", expect.stringContaining("refunds/create")]);
    const bound = await shop({ topic: "REFUNDS_CREATE" });
    expect((await failureOf(api.list(bound.session, WINDOW, null))).kind).toBe("refused");
  });

  it("checks nothing but the topic of its source, and products only where they are subscribed", async () => {
    const bound = await shop({ topic: "orders/updated" });
    const old = new Date(FROM.getTime() - MONTH);
    bound.fake.objects.orders.push(order(1, FROM, FROM), order(2, old, FROM));
    expect(typesOf(await readAll(api, bound.session, WINDOW))).toEqual(["orders/updated"]);

    const { fake, session } = await shop();
    fake.objects.products.push({ id: "gid://shopify/Product/7", createdAt: second(old), updatedAt: second(FROM) });
    expect(await readAll(api, session, WINDOW)).toEqual([]);
    const own = { id: "gid://shopify/WebhookSubscription/1", includeFields: [], filter: null };
    fake.subscriptions.push({ ...own, topic: "PRODUCTS_UPDATE", uri: "https://desk.example.com/hooks" });
    expect(typesOf(await readAll(api, session, WINDOW))).toEqual(["products/update"]);
  });

  it("expects no update of an order that only its creation finished", async () => {
    const { fake, session } = await shop();
    fake.objects.orders.push(order(1, FROM, new Date(FROM.getTime() + 3 * SECOND)));
    fake.objects.orders.push(order(2, FROM, new Date(FROM.getTime() + 60 * SECOND)));
    expect((await readAll(api, session, WINDOW)).map(({ logicalKey }) => logicalKey)).toEqual([
      "orders/create:1",
      "orders/create:2",
      "orders/updated:2:2026-03-02T09:01:00Z",
    ]);
  });

  it("pairs a webhook in the shop's own time zone, and one too large to be parsed", () => {
    const body = shopifyBody({
      topic: "orders/updated",
      order: "592",
      body: { updated_at: "2026-03-02T04:30:00-05:00" },
    });
    const headers = sign("shopify", body, { topic: "orders/updated" });
    const key = "orders/updated:592:2026-03-02T09:30:00Z";
    expect(identify("shopify", body, headers, JSON.parse(body.toString())).logicalKey).toBe(key);
    expect(identify("shopify", body, headers, undefined).logicalKey).toBe(key);
  });

  it("lets the state remain that Shopify has now, of two in one second, and a newer one over both", async () => {
    const { fake, session } = await shop();
    fake.objects.orders.push(order(592, new Date(FROM.getTime() - MONTH), FROM, { name: "#rebuilt" }));
    const [rebuilt] = await readAll(api, session, WINDOW);
    const versionAt = (time: Date, sentAt: number) => {
      const body = shopifyBody({ topic: "orders/updated", order: "592", at: time.getTime() / 1000 });
      return versionOf("shopify", { body, headers: sign("shopify", body, { topic: "orders/updated", at: sentAt }) });
    };
    const ours = String(versionOf("shopify", rebuilt?.webhook));
    const sentAt = FROM.getTime() / 1000 + 2;
    expect(ours > String(versionAt(FROM, sentAt))).toBe(true);
    expect(ours < String(versionAt(new Date(FROM.getTime() + SECOND), sentAt))).toBe(true);
  });

  it("says of a deleted order when it was deleted, and nothing else", async () => {
    const { fake, session } = await shop();
    const [createdAt, subjectType] = [second(FROM), "ORDER"];
    fake.deletions.push({ createdAt, subjectType, subjectId: "gid://shopify/Order/788032119674292922" });
    fake.deletions.push({ createdAt, subjectType: "PRODUCT_VARIANT", subjectId: "gid://shopify/ProductVariant/1" });
    const entries = await readAll(api, session, { ...WINDOW, types: ["orders/*"] });
    expect(entries.map(({ logicalKey }) => logicalKey)).toEqual(["orders/delete:788032119674292922"]);
    // Beyond what a number holds exactly.
    expect(String(entries[0]?.webhook?.body)).toBe('{"id":"788032119674292922"}');
    expect(identifyEntry("shopify", entries[0]).occurredAt).toBe("2026-03-02T09:00:00Z");
  });

  it("writes amounts as webhooks do", async () => {
    const { fake, session } = await shop();
    const money = (currencyCode: string, amount: string) => ({
      currencyCode,
      totalPriceSet: { shopMoney: { amount } },
    });
    fake.objects.orders.push(order(1, FROM, FROM, money("USD", "84.5")), order(2, FROM, FROM, money("JPY", "8400.0")));
    fake.objects.orders.push(order(3, FROM, FROM, money("KWD", "1.25")), order(4, FROM, FROM, money("USD", "84.125")));
    const entries = await readAll(api, session, WINDOW);
    expect(entries.map(({ webhook }) => JSON.parse(String(webhook?.body)).total_price)).toEqual([
      "84.50",
      "8400",
      "1.250",
      "84.125",
    ]);
  });

  it("notices a token of another shop", async () => {
    const { fake, session } = await shop();
    fake.shop = "birch.myshopify.com";
    expect((await failureOf(api.test(session))).message).toContain("birch.myshopify.com");
  });
});

describe("chatwoot", () => {
  const api = apiOf("chatwoot");
  async function desk() {
    const fake = opened(await startChatwoot(3));
    const credentials = { base_url: "https://chat.example.com", api_key: fake.token, account_id: "3" };
    return { fake, session: sessionOf("chatwoot", fake, credentials) };
  }
  const at = FROM.getTime() / 1000;
  const message = (id: number, created_at: number, message_type = 0) => ({
    id,
    created_at,
    message_type,
    content: "Hi",
  });
  const conversation = (id: number, last_activity_at: number, thread: ChatwootConversation["thread"] = []) => ({
    ...{ id, status: "open", inbox_id: 8, created_at: at - 86_400, last_activity_at, updated_at: last_activity_at },
    thread: thread.length > 0 ? thread : [message(id * 10, last_activity_at)],
  });
  const keys = (entries: readonly Entry[]) => new Set(entries.map(({ logicalKey }) => logicalKey));

  it("finds the messages of a conversation that jumped to the top while it read", async () => {
    const { fake, session } = await desk();
    for (let id = 1; id <= 60; id++) fake.conversations.push(conversation(id, at + id));
    // After the first page, the very last conversation gets a message: its place moves to the page that was read.
    fake.beforeAnswer(({ path, query }) => {
      const last = fake.conversations[0] as ChatwootConversation;
      if (path.endsWith("/conversations") && query.get("page") === "2") last.last_activity_at = at + 5000;
    });
    const found = keys(await readAll(api, session, { ...WINDOW, types: ["message_created"] }));
    expect(found.size).toBe(60);
    expect(found).toContain("message_created:3:10");
  });

  it("finds the conversation that moved up because another was deleted while it read", async () => {
    const { fake, session } = await desk();
    for (let id = 1; id <= 60; id++) fake.conversations.push(conversation(id, at + id));
    let isDeleted = false;
    fake.beforeAnswer(({ path, query }) => {
      if (isDeleted || !path.endsWith("/conversations") || query.get("page") !== "2") return;
      isDeleted = true;
      // The newest one, of the page that was read.
      fake.conversations.splice(59, 1);
    });
    const found = keys(await readAll(api, session, { ...WINDOW, types: ["message_created"] }));
    for (let id = 1; id <= 59; id++) expect(found).toContain(`message_created:3:${id * 10}`);
  });

  it("reads a conversation with thousands of messages among those of others", async () => {
    const { fake, session } = await desk();
    // Every third id is one of this conversation; half of them are older than the window.
    const thread = Array.from({ length: 5000 }, (_, index) => message(100_000 + index * 3, at - 2500 + index));
    fake.conversations.push(conversation(1, at + 2499, thread));
    const entries = await readAll(api, session, { ...WINDOW, types: ["message_created"] });
    expect(keys(entries).size).toBe(2500);
    expect(fake.requests.length).toBeLessThan(20);
  });

  it("expects no webhook of an activity, and one of a private note", async () => {
    const { fake, session } = await desk();
    const note = { ...message(7, at, 1), private: true };
    fake.conversations.push(conversation(1, at, [message(6, at, 2), note, message(8, at, 3)]));
    const entries = await readAll(api, session, { ...WINDOW, types: ["message_created"] });
    expect([...keys(entries)]).toEqual(["message_created:3:7", "message_created:3:8"]);
    expect(identifyEntry("chatwoot", entries[0]).flags).toEqual(["internal"]);
  });

  it("does not take the end of an unsorted list for the end of the window", async () => {
    const { fake, session } = await desk();
    for (let id = 1; id <= 20; id++) {
      const person = { email: `${id}@example.com`, phone_number: null, identifier: null };
      fake.contacts.push({ id, created_at: at - 1000 + id * 100, ...person });
    }
    fake.tamper((answer) => {
      const { payload, ...rest } = answer.json as { payload?: unknown[] };
      return Array.isArray(payload) ? { ...answer, json: { ...rest, payload: payload.toReversed() } } : answer;
    });
    const failure = await failureOf(readAll(api, session, { ...WINDOW, types: ["contact_created"] }));
    expect(failure.kind).toBe("malformed");
  });

  it("tells that the token is an agent's, who does not see everything", async () => {
    const { fake, session } = await desk();
    fake.role = "agent";
    expect((await failureOf(api.test(session))).kind).toBe("forbidden");
  });
});

describe("smartlead", () => {
  const api = apiOf("smartlead");
  async function account() {
    const fake = opened(await startSmartlead());
    const campaign = (id: number, failed = 0) => {
      const parts = { mails: [], leads: [], webhooks: [], failed, client_id: null };
      const made = { id, name: `C${id}`, status: "ACTIVE", created_at: "2026-01-01T00:00:00Z", ...parts };
      fake.campaigns.push(made);
      return made;
    };
    return { fake, campaign, session: sessionOf("smartlead", fake, { api_key: fake.key }) };
  }
  const mail = (count: number, sent_time: string | null) => ({
    ...{ stats_id: `s${count}`, lead_email: `l${count}@brightline.example`, sequence_number: 1, sent_time },
    ...{ is_bounced: false, is_unsubscribed: false },
  });

  it("asks to send again only where something failed, and says how much", async () => {
    const { fake, campaign, session } = await account();
    campaign(1, 4);
    campaign(2, 0);
    campaign(3, 2);
    expect(await api.resend?.(session, WINDOW)).toEqual({ asked: 6 });
    const span = `${FROM.toISOString()} ${TO.toISOString()}`;
    expect(fake.sentAgain).toEqual([`1 ${span}`, `3 ${span}`]);
  });

  it("has its key in no noted address", async () => {
    const { fake, campaign, session } = await account();
    campaign(1, 1);
    await readAll(api, session, WINDOW);
    await api.resend?.(session, WINDOW);
    expect(fake.requests.every(({ query }) => query.get("api_key") === fake.key)).toBe(true);
    expect(JSON.stringify(session.notes)).not.toContain(fake.key);
  });

  it("expects no webhook of a mail that waits to be sent", async () => {
    const { campaign, session } = await account();
    (campaign(1).mails as unknown[]).push(mail(1, null), mail(2, FROM.toISOString()));
    expect((await readAll(api, session, WINDOW)).map(({ logicalKey }) => logicalKey)).toEqual(["EMAIL_SENT:s2"]);
  });

  it("loses no mail when others are deleted while it reads", async () => {
    const { fake, campaign, session } = await account();
    const { mails } = campaign(1) as { mails: unknown[] };
    for (let count = 0; count < 420; count++)
      mails.push(mail(count, new Date(FROM.getTime() + count * SECOND).toISOString()));
    let pages = 0;
    fake.beforeAnswer(({ path }) => {
      if (!path.endsWith("/statistics")) return;
      pages += 1;
      if (pages === 2) mails.splice(0, 5);
    });
    const entries = await readAll(api, session, { ...WINDOW, types: ["EMAIL_SENT"] });
    expect(new Set(entries.map(({ logicalKey }) => logicalKey)).size).toBe(420);
  });

  it("keeps no address of a person in a key", () => {
    for (const type of ["EMAIL_REPLY", "LEAD_UNSUBSCRIBED", "EMAIL_SENT"] as const) {
      const body = bodyOf(smartleadEvent({ type, lead: "dana@brightline.example" }));
      const { logicalKey } = identify("smartlead", body, [], JSON.parse(body.toString()));
      expect(logicalKey).toMatch(new RegExp(`^${type}:`));
      expect(logicalKey).not.toMatch(/dana|brightline/);
    }
  });

  it("lets the values of the real webhook remain where both are here", async () => {
    const { campaign, session } = await account();
    (campaign(1).mails as unknown[]).push(mail(2, FROM.toISOString()));
    const [rebuilt] = await readAll(api, session, WINDOW);
    const own = { type: "EMAIL_SENT", statsId: "s2", campaign: 1, at: FROM.getTime() / 1000 } as const;
    const theirs = versionOf("smartlead", { body: bodyOf(smartleadEvent(own)), headers: [] });
    expect(String(versionOf("smartlead", rebuilt?.webhook)) < String(theirs)).toBe(true);
  });
});

describe("heyreach", () => {
  const api = apiOf("heyreach");
  async function workspace(settings?: Record<string, string>) {
    const fake = opened(await startHeyreach());
    fake.campaigns.push({ id: 3301, name: "Clinic owners", status: "IN_PROGRESS", leads: [] });
    return { fake, session: sessionOf("heyreach", fake, { api_key: fake.key }, { settings }) };
  }
  const webhook = (eventType: string, isActive = true) => ({
    ...{ id: 1, webhookName: "desk", webhookUrl: "https://desk.example.com/api/webhooks/heyreach/t" },
    ...{ eventType, campaignIds: [], isActive },
  });
  const reply = (id: string, time: Date) => ({
    ...{ id, campaign: 3301, read: true, lastMessageAt: time.toISOString() },
    correspondentProfile: { linkedin_id: "l1", profileUrl: "https://www.linkedin.com/in/dana" },
    messages: [{ createdAt: time.toISOString(), body: "Yes.", sender: "CORRESPONDENT" as const }],
  });

  it("expects replies under the types that HeyReach was told to send", async () => {
    const { fake, session } = await workspace();
    fake.conversations.push(reply("2-a", FROM));
    expect(typesOf(await readAll(api, session, WINDOW))).toEqual(["every_message_reply_received"]);
    fake.webhooks.push(webhook("MESSAGE_REPLY_RECEIVED"), webhook("EVERY_MESSAGE_REPLY_RECEIVED", false));
    expect(typesOf(await readAll(api, session, WINDOW))).toEqual(["message_reply_received"]);
  });

  it("asks a source of one type for that type, and refuses one that cannot be listed", async () => {
    const { fake, session } = await workspace({ event_type: "message_reply_received" });
    fake.conversations.push(reply("2-a", FROM));
    expect(typesOf(await readAll(api, session, WINDOW))).toEqual(["message_reply_received"]);
    const other = await workspace({ event_type: "message_sent" });
    expect((await failureOf(api.list(other.session, WINDOW, null))).kind).toBe("refused");
  });

  it("counts what it cannot list, over whole days only", async () => {
    const { fake, session } = await workspace();
    fake.stats = { messagesSent: 723, inmailMessagesSent: 2, follows: 1, postLikes: 0, profileViews: 9 };
    const day = { from: new Date("2026-03-02T00:00:00Z"), to: new Date("2026-03-03T00:00:00Z") };
    const page = await api.list(session, day, null);
    expect(page.counts).toContainEqual({ eventType: "message_sent", provider: 723 });
    expect((await api.list(session, WINDOW, null)).counts).toBeUndefined();
  });

  it("asks for the whole conversation where the list has only its end", async () => {
    const { fake, session } = await workspace();
    const conversation = reply("2-a", new Date(FROM.getTime() + 5 * SECOND));
    const messages = Array.from({ length: 5 }, (_, index) => ({
      ...{ createdAt: new Date(FROM.getTime() + index * SECOND).toISOString(), body: `No. ${index}` },
      sender: "CORRESPONDENT" as const,
    }));
    fake.conversations.push({ ...conversation, messages });
    expect(await readAll(api, session, WINDOW)).toHaveLength(5);
    expect(fake.requests.filter(({ path }) => path.startsWith("/inbox/GetChatroom/12/"))).toHaveLength(1);
  });

  it("finds a reply in a conversation that jumped to the top while it read", async () => {
    const { fake, session } = await workspace();
    for (let count = 0; count < 150; count++) {
      fake.conversations.push(reply(`2-${count}`, new Date(FROM.getTime() + count * SECOND)));
    }
    fake.beforeAnswer(({ body }) => {
      const [oldest] = fake.conversations;
      if (oldest && body.includes('"offset":100')) oldest.lastMessageAt = TO.toISOString();
    });
    const keys = (await readAll(api, session, WINDOW)).map(({ logicalKey }) => logicalKey);
    expect(new Set(keys).size).toBe(150);
  });

  it("names no test and no person in a key", () => {
    const event = heyreachEvent({ type: "connection_request_accepted" });
    const { logicalKey } = identify("heyreach", bodyOf(event), [], event);
    expect(logicalKey).toMatch(/^connection_request_accepted:3301:[0-9a-f]{16}$/);
    const test = { ...event, correlation_id: "00000000-0000-0000-0000-000000000000" };
    expect(identify("heyreach", bodyOf(test), [], test).logicalKey).toBeUndefined();
  });
});

describe("mitto", () => {
  const api = apiOf("mitto");
  const own = (id: string, status: string, payload?: unknown) => ({
    ...{ objectId: id, eventKey: `${id}:${status}:0:0123456789abcdef`, eventType: "dlr" },
    ...{ occurredAt: FROM.toISOString(), payload },
  });

  it("asks only for messages whose last report was not final", async () => {
    const fake = opened(await startMitto());
    const messages = ["delivered", "undeliv", "expired", "sent", "buffered"].map((status) =>
      own(`m-${status}`, status),
    );
    const session = sessionOf("mitto", fake, { api_key: fake.key }, { ownObjects: messages });
    expect(await readAll(api, session, WINDOW)).toEqual([]);
    expect(fake.requests.map(({ path }) => path)).toEqual([
      "/api/v1.1/Messages/m-buffered",
      "/api/v1.1/Messages/m-sent",
    ]);
  });

  it("writes the final report in the words of the source's template, and keeps what says whose it is", async () => {
    const fake = opened(await startMitto());
    const settings = { id_field: "MsgRef", status_field: "State" };
    const payload = {
      MsgRef: "m1",
      State: "SENT",
      errorcode: "27",
      receiver: "12025550188",
      reference: "alder:restock",
    };
    const options = { settings, ownObjects: [own("m1", "sent", payload)] };
    const session = sessionOf("mitto", fake, { api_key: fake.key }, options);
    const times = { createdAt: FROM.toISOString(), updatedAt: new Date(TO.getTime() + MONTH).toISOString() };
    fake.messages.set("m1", { messageId: "m1", ...times, deliveryStatus: "Failure" });
    const [entry] = await readAll(api, session, WINDOW);
    const { errorcode: _, ...rest } = payload;
    expect(JSON.parse(String(entry?.webhook?.body))).toEqual({ ...rest, State: "FAILED" });
    // It changed after the window, which is when our own report came.
    expect(entry?.occurredAt).toBe(FROM.toISOString());
    const late = { ...payload, State: "UNDELIV", errorcode: "5" };
    const source = { id: 1, settings };
    expect(identify("mitto", bodyOf(late), [], late, source).logicalKey).toBe(entry?.logicalKey);
  });
});

function apiOf(slug: string): ProviderApi {
  return findProvider(slug)?.api as ProviderApi;
}

function opened<Fake extends FakeServer>(fake: Fake): Fake {
  open.push(fake);
  return fake;
}

function sessionOf(
  slug: string,
  fake: FakeServer,
  credentials: Record<string, string>,
  options: Partial<SessionOptions> = {},
): TestSession {
  return sessionWith(apiOf(slug), { url: fake.url, credentials, ...options });
}

async function readAll(api: ProviderApi, session: TestSession, window: Window): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: Page["next"] = null;
  let pages = 0;
  do {
    const page: Page = await api.list(session, window, cursor);
    entries.push(...page.entries);
    cursor = page.next;
    pages += 1;
  } while (cursor !== null && pages < 100);
  expect(cursor).toBeNull();
  return entries;
}

async function failureOf(asked: Promise<unknown>): Promise<ApiFailure> {
  const failure = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof ApiFailure)) throw failure ?? new Error("It did not fail.");
  return failure;
}

function identify(
  slug: string,
  body: Buffer,
  headers: readonly (readonly [string, string])[],
  payload: unknown,
  source?: Parameters<Provider["identify"]>[2],
) {
  const accepted = acceptAs("provider_api", { method: "POST", path: "/", headers, body });
  if (!accepted.ok) throw new Error("acceptAs accepts.");
  return (findProvider(slug) as Provider).identify(accepted.request, payload, source);
}

function identifyEntry(slug: string, entry: Entry | undefined) {
  if (!entry?.webhook) throw new Error("The entry has no webhook.");
  const { body, headers } = entry.webhook;
  return identify(slug, body, headers, JSON.parse(body.toString()));
}

/** The version with which a webhook writes its last row. */
function versionOf(slug: string, webhook: Entry["webhook"]): string | undefined {
  const { body, headers } = webhook as NonNullable<Entry["webhook"]>;
  const payload: unknown = JSON.parse(body.toString());
  const event = { ...identify(slug, body, headers, payload), provider: slug, payload, receivedAt: TO.toISOString() };
  const changes: Change[] = findProvider(slug)?.projections?.[event.eventType]?.(event) ?? [];
  return changes.at(-1)?.version;
}

function typesOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(({ eventType }) => eventType))];
}

function second(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
