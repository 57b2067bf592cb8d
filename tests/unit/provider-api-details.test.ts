/**
 * What the APIs of Stripe, Telnyx and senders of Standard Webhooks do each in their own way. What all clients have in common
 * is in provider-apis.test.ts. Long because each provider has its own.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { ApiFailure, Entry, ProviderApi, Window } from "@/lib/providers/api";
import { standardApi } from "@/lib/providers/standard/api";
import { stripeApi } from "@/lib/providers/stripe/api";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxApi } from "@/lib/providers/telnyx/api";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { sessionWith } from "../support/provider-apis/session";
import { messageId, startStandard } from "../support/provider-apis/standard";
import { startStripe } from "../support/provider-apis/stripe";
import { startTelnyx, type TelnyxFakeDelivery } from "../support/provider-apis/telnyx";

const FROM = new Date("2026-03-02T09:00:00Z");
const WINDOW: Window = { from: FROM, to: new Date("2026-03-02T10:00:00Z") };
const NOW = new Date("2026-03-05T12:00:00Z");
const seconds = (offset: number) => FROM.getTime() / 1000 + offset;
const iso = (offset: number) => new Date(seconds(offset) * 1000).toISOString();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function keysIn(api: ProviderApi, session: Parameters<ProviderApi["list"]>[0], window = WINDOW) {
  const entries: Entry[] = [];
  let next: Awaited<ReturnType<ProviderApi["list"]>>["next"] = null;
  do {
    const page = await api.list(session, window, next);
    entries.push(...page.entries);
    next = page.next;
  } while (next !== null);
  return entries.map(({ eventKey }) => eventKey as string);
}

describe("Stripe", () => {
  async function start(options = {}, account?: string) {
    const fake = await startStripe(options);
    closing.push(fake.close);
    const credentials = { key: fake.key, ...(account && { account }) };
    return { fake, session: sessionWith(stripeApi, { url: fake.url, credentials, now: NOW }) };
  }

  it("finds an event that becomes readable late when the next window looks back", async () => {
    const { fake, session } = await start();
    fake.add([
      stripeEvent({ id: "evt_early", created: seconds(10) }),
      stripeEvent({ id: "evt_late", created: seconds(3599) }),
    ]);
    fake.hide(["evt_late"]);
    expect(await keysIn(stripeApi, session)).toEqual(["evt_early"]);
    fake.hide();
    const next = {
      from: new Date(WINDOW.to.getTime() - stripeApi.lookbackSeconds * 1000),
      to: new Date("2026-03-02T11:00:00Z"),
    };
    expect(await keysIn(stripeApi, session, next)).toEqual(["evt_late"]);
  });

  it("divides windows at a part of a second, although Stripe counts in whole ones", async () => {
    const { fake, session } = await start();
    fake.add([8, 9, 10, 11].map((second) => stripeEvent({ id: `evt_${second}`, created: seconds(second) })));
    const middle = new Date((seconds(10) - 0.5) * 1000);
    expect(await keysIn(stripeApi, session, { from: FROM, to: middle })).toEqual(["evt_9", "evt_8"]);
    expect(await keysIn(stripeApi, session, { from: middle, to: WINDOW.to })).toEqual(["evt_11", "evt_10"]);
    const beginning = new Date((seconds(10) + 0.5) * 1000);
    expect(await keysIn(stripeApi, session, { from: beginning, to: WINDOW.to })).toEqual(["evt_11"]);
  });

  it("asks for at most 20 types, and for all when there are more", async () => {
    const { fake, session } = await start();
    fake.add([stripeEvent({ id: "evt_wanted", type: "charge.refunded", created: seconds(1) })]);
    fake.add([stripeEvent({ id: "evt_other", type: "invoice.payment_failed", created: seconds(2) })]);
    const types = ["charge.refunded", ...Array.from({ length: 20 }, (_, index) => `type.${index}`)];
    expect(await keysIn(stripeApi, session, { ...WINDOW, types })).toEqual(["evt_wanted"]);
    expect(await keysIn(stripeApi, session, { ...WINDOW, types: types.slice(0, 20) })).toEqual(["evt_wanted"]);
    expect(fake.requests.map(({ query }) => query.getAll("types[]").length)).toEqual([0, 20]);
  });

  it("reads a connected account in its name, and the platform's endpoints in its own", async () => {
    const { fake, session } = await start({}, "acct_harborDental");
    fake.add([stripeEvent({ id: "evt_platform", created: seconds(1) })]);
    fake.add([stripeEvent({ id: "evt_connected", created: seconds(1) })], "acct_harborDental");
    const { entries } = await stripeApi.list(session, WINDOW, null);
    expect(entries.map(({ eventKey }) => eventKey)).toEqual(["evt_connected"]);
    // As the platform's webhook says it.
    expect(JSON.parse(String(entries[0]?.webhook?.body))).toMatchObject({
      account: "acct_harborDental",
      id: "evt_connected",
    });
    await stripeApi.configuration?.(session, "https://desk.example.com/");
    expect(fake.requests.map(({ headers }) => headers["stripe-account"])).toEqual(["acct_harborDental", undefined]);
  });

  it("keeps the digits of numbers beyond 2^53", async () => {
    const { fake, session } = await start();
    fake.add([stripeEvent({ id: "evt_1", created: seconds(1) })]);
    fake.tamper((answer) => ({
      ...answer,
      text: answer.text?.replace('"pending_webhooks": 1', '"big": 820982911946154508'),
    }));
    const { entries } = await stripeApi.list(session, WINDOW, null);
    expect(String(entries[0]?.webhook?.body)).toContain('"big": 820982911946154508');
  });

  it.each([
    ["an empty page that promises more", { data: [], has_more: true }],
    ["a page that does not say whether there is more", { data: [] }],
    ["an event without an id", { data: [{ created: 1_772_443_800 }], has_more: false }],
    ["an event without a time", { data: [{ id: "evt_1" }], has_more: false }],
  ])("takes %s for an error", async (_name, json) => {
    const { fake, session } = await start();
    fake.answerNext({ json });
    await expect(stripeApi.list(session, WINDOW, null)).rejects.toMatchObject({ kind: "malformed" });
  });

  it.each([
    ["both", 1000],
    ["reason", null],
    ["none", null],
  ] as const)("is told to slow down with headers: %s", async (limitHeaders, retryAfterMs) => {
    const { session } = await start({ perSecond: 1, limitHeaders });
    await stripeApi.test(session);
    const failure: ApiFailure = await stripeApi.test(session).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(failure).toMatchObject({ kind: "rate_limited", status: 429, retryAfterMs, isTemporary: true });
  });

  it("tells a wrong kind of key when it is entered", () => {
    const read = stripeApi.credentials.key?.read;
    expect(read?.(" rk_live_51Abc ")).toEqual({ value: "rk_live_51Abc" });
    expect(read?.("pk_live_51Abc")).toHaveProperty("problem");
    expect(read?.("whsec_abc")).toHaveProperty("problem");
    expect(stripeApi.credentials.account?.read?.("cus_1")).toHaveProperty("problem");
  });

  it("takes an endpoint with a source's token for ours, unless there is one without", async () => {
    const { fake, session } = await start();
    const url = "https://desk.example.com/api/webhooks/stripe";
    const endpoint = { id: "we_1", enabled_events: ["*"], status: "disabled" as const, api_version: null };
    fake.endpoints.push({ ...endpoint, url: `${url}/token-of-a-source` });
    const codes = async (address = url) =>
      (await stripeApi.configuration?.(session, address))?.problems.map(({ code }) => code);
    expect(await codes()).toEqual(["endpoint_disabled"]);
    fake.endpoints.push(
      { ...endpoint, id: "we_2", url, status: "enabled" },
      { ...endpoint, id: "we_3", url: `${url}-two` },
    );
    expect(await codes()).toEqual([]);
    expect(await codes(`${url}/`)).toEqual(["endpoint_disabled"]);
  });

  it("adds no types that another endpoint with our URL has", async () => {
    const { fake, session } = await start();
    const url = "https://desk.example.com/api/webhooks/stripe";
    const endpoint = { url, status: "enabled" as const, api_version: null };
    fake.endpoints.push(
      { ...endpoint, id: "we_1", enabled_events: ["charge.refunded"] },
      { ...endpoint, id: "we_2", enabled_events: ["invoice.paid"] },
    );
    const found = await stripeApi.configuration?.(session, url);
    for (const problem of found?.problems ?? []) if (problem.repair) await stripeApi.repair?.(session, problem);
    expect(fake.endpoints[0]?.enabled_events).toContain("invoice.payment_failed");
    expect(fake.endpoints[0]?.enabled_events).not.toContain("invoice.paid");
    expect(fake.endpoints[1]?.enabled_events).toEqual(["invoice.paid"]);
  });

  it("adds types to what the endpoint has when it is repaired, not when it was checked", async () => {
    const { fake, session } = await start();
    const url = "https://desk.example.com/api/webhooks/stripe";
    fake.endpoints.push({ id: "we_1", url, enabled_events: ["charge.refunded"], status: "enabled", api_version: null });
    const found = await stripeApi.configuration?.(session, url);
    fake.endpoints[0]?.enabled_events.push("payout.paid");
    for (const problem of found?.problems ?? []) await stripeApi.repair?.(session, problem);
    const types = fake.endpoints[0]?.enabled_events;
    expect(types).toEqual(expect.arrayContaining(["charge.refunded", "payout.paid", "invoice.paid"]));
  });
});

describe("Telnyx", () => {
  const PER_PAGE = 250;

  async function start(credentials: Record<string, string> = {}) {
    const fake = await startTelnyx();
    closing.push(fake.close);
    const session = sessionWith(telnyxApi, { url: fake.url, credentials: { key: fake.key, ...credentials }, now: NOW });
    return { fake, session };
  }

  function delivery(number: number, offset: number, changes: Partial<TelnyxFakeDelivery> = {}): TelnyxFakeDelivery {
    const webhook = telnyxEvent({ id: `event-${number}`, occurredAt: iso(offset) }).data;
    return { id: `delivery-${number}`, webhook, startedAt: iso(offset + 1), finishedAt: iso(offset + 5), ...changes };
  }
  const many = (count: number) => Array.from({ length: count }, (_, index) => delivery(index, index));

  it("finds a record that appears on a page that is read already", async () => {
    const { fake, session } = await start();
    fake.deliveries = many(3 * PER_PAGE);
    const late = delivery(9999, 3 * PER_PAGE - 20);
    fake.beforeAnswer((_request, count) => {
      if (count === 2) fake.deliveries.push(late);
    });
    expect(new Set(await keysIn(telnyxApi, session))).toEqual(
      new Set([...many(3 * PER_PAGE).map((_, index) => `event-${index}`), "event-9999"]),
    );
  });

  it("finds a record that another one's end pulls back over the edge of a page", async () => {
    const { fake, session } = await start();
    fake.deliveries = many(3 * PER_PAGE);
    fake.beforeAnswer((_request, count) => {
      // Of the first page, so that the first of the second is on the first, which is read.
      if (count === 2) fake.deliveries = fake.deliveries.filter(({ id }) => id !== `delivery-${3 * PER_PAGE - 5}`);
    });
    const keys = new Set(await keysIn(telnyxApi, session));
    expect(many(3 * PER_PAGE).filter((_, index) => !keys.has(`event-${index}`))).toEqual([]);
  });

  it("gives up on a list that never rests, for a while", async () => {
    const { fake, session } = await start();
    fake.deliveries = many(PER_PAGE + 10);
    fake.beforeAnswer((_request, count) => fake.deliveries.push(delivery(10_000 + count, 100)));
    await expect(keysIn(telnyxApi, session)).rejects.toMatchObject({ kind: "unavailable", isTemporary: true });
    expect(fake.requests.length).toBeLessThan(20);
  });

  it("reads one page once", async () => {
    const { fake, session } = await start();
    fake.deliveries = many(PER_PAGE);
    expect(await keysIn(telnyxApi, session)).toHaveLength(PER_PAGE);
    expect(fake.requests).toHaveLength(1);
  });

  it("counts several deliveries of one event once", async () => {
    const { fake, session } = await start();
    fake.deliveries = [delivery(1, 10), delivery(1, 10, { id: "delivery-2", status: "failed", startedAt: iso(40) })];
    expect(await keysIn(telnyxApi, session)).toEqual(["event-1"]);
  });

  it("finds an event by its own time, also when its delivery began after the window or an hour later", async () => {
    const { fake, session } = await start();
    fake.deliveries = [
      delivery(1, 3599, { startedAt: iso(3605) }),
      delivery(2, 600, { startedAt: iso(600 + 3480) }),
      delivery(3, 3600, { startedAt: iso(3601) }),
    ];
    expect((await keysIn(telnyxApi, session)).sort()).toEqual(["event-1", "event-2"]);
  });

  it("never asks for what may still grow, and keeps the end of the first page", async () => {
    const { fake, session } = await start();
    fake.deliveries = many(PER_PAGE + 10);
    let now = new Date("2026-03-02T10:20:00Z");
    const ticking = { ...session, now: () => now };
    const first = await telnyxApi.list(ticking, WINDOW, null);
    now = new Date("2026-03-02T10:40:00Z");
    await telnyxApi.list(ticking, WINDOW, first.next);
    const ends = fake.requests.map(({ query }) => query.get("filter[started_at][lte]"));
    expect(ends).toEqual(["2026-03-02T10:19:00.000Z", "2026-03-02T10:19:00.000Z"]);
  });

  it("leaves out what was sent to another system, when it knows what is ours", async () => {
    const { fake, session } = await start({ endpoint: "https://desk.example.com/" });
    fake.deliveries = [
      delivery(1, 10, { urls: ["https://desk.example.com/api/webhooks/telnyx"] }),
      delivery(2, 20, { urls: ["https://other.example.com/telnyx"] }),
      delivery(3, 30, { urls: ["https://other.example.com/telnyx", "https://desk.example.com/api/webhooks/telnyx"] }),
      delivery(4, 40, { urls: [] }),
    ];
    expect((await keysIn(telnyxApi, session)).sort()).toEqual(["event-1", "event-3", "event-4"]);
  });

  it("leaves out what has no id to compare, and reads a webhook with its wrapper", async () => {
    const { fake, session } = await start();
    const wrapped = { data: telnyxEvent({ id: "event-7", occurredAt: iso(9) }).data, meta: { attempt: 1 } };
    const clicked = { record_type: "link_clicked", message_id: "m", time_clicked: iso(8) };
    fake.deliveries = [delivery(1, 8, { webhook: clicked }), delivery(2, 9, { webhook: wrapped })];
    const { entries } = await telnyxApi.list(session, WINDOW, null);
    expect(entries.map(({ eventKey }) => eventKey)).toEqual(["event-7"]);
    expect(JSON.parse(String(entries[0]?.webhook?.body))).toEqual({ data: wrapped.data });
  });

  it("has a very long list read in two halves, but not a short window", async () => {
    const { fake, session } = await start();
    const page = { data: [], meta: { page_number: 1, page_size: 250, total_pages: 41, total_results: 10_001 } };
    fake.answerNext({ json: page }, 2);
    const day = { from: FROM, to: new Date(FROM.getTime() + 86_400_000) };
    expect(await telnyxApi.list(session, day, null)).toEqual({ entries: [], next: null, isTooLarge: true });
    expect((await telnyxApi.list(session, WINDOW, null)).isTooLarge).toBeUndefined();
  });

  it("takes a page without its numbers for an error", async () => {
    const { fake, session } = await start();
    fake.answerNext({ json: { data: [] } });
    await expect(telnyxApi.list(session, WINDOW, null)).rejects.toMatchObject({ kind: "malformed" });
  });
});

describe("Standard Webhooks", () => {
  async function start() {
    const fake = await startStandard();
    closing.push(fake.close);
    const credentials = { token: fake.token, app: fake.app };
    return { fake, session: sessionWith(standardApi, { url: fake.url, credentials, now: NOW }) };
  }

  it("finds Svix in the region of the token, and any other address as it is written", () => {
    expect(standardApi.url({ token: "testsk_abc.eu" })).toBe("https://api.eu.svix.com");
    expect(standardApi.url({ token: "sk_abc" })).toBe("https://api.svix.com");
    const written = standardApi.credentials.url?.read?.(" https://hooks.example.com/ ");
    expect(written).toEqual({ value: "https://hooks.example.com" });
    expect(standardApi.url({ token: "sk_abc.eu", url: "https://hooks.example.com" })).toBe("https://hooks.example.com");
    expect(standardApi.credentials.url?.read?.("hooks.example.com")).toHaveProperty("problem");
  });

  it("stops at what is older than the window, and asks for neither after nor a newer default", async () => {
    const { fake, session } = await start();
    for (let number = 0; number < 1000; number++) {
      const timestamp = iso(3590 - number * 60);
      fake.messages.push({ id: messageId(new Date(timestamp), number), eventType: "a.b", timestamp, payload: {} });
    }
    expect(await keysIn(standardApi, session)).toHaveLength(60);
    expect(fake.requests).toHaveLength(1);
    const names = fake.requests.flatMap(({ query }) => [...query.keys()]);
    expect(names.sort()).toEqual(["before", "limit", "with_content"]);
  });

  it("takes a page that does not say whether there is more for an error", async () => {
    const { fake, session } = await start();
    fake.answerNext({ json: { data: [], iterator: null } });
    await expect(standardApi.list(session, WINDOW, null)).rejects.toMatchObject({ kind: "malformed" });
  });
});
