/** What names an event: never the hash of nothing, and never fields alone that two events may have in common. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { bodyOf } from "@/lib/samples/ids";
import { TEST_SECRETS } from "../fixtures/sign";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, sms_recipients, privacy_requests cascade`;
});

const FORM: [string, string] = ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"];
const report = (method: string, query: string, body = "", headers: [string, string][] = []) =>
  accept({
    method,
    path: `/api/webhooks/mitto/${TEST_SECRETS.mitto}${query}`,
    headers,
    body: Buffer.from(body),
  });
const events = async () => (await desk.sql`select id from events`).length;
const sizes = async (...bodies: [Parameters<typeof send>[0], unknown][]) => {
  for (const [provider, body] of bodies) expect((await send(provider, body)).status).toBe(200);
  return events();
};

describe("A report whose body is empty used to have the key of nothing", () => {
  const fields = (id: string) => `msgid=${id}&status=DELIVERED&receiver=49176555010&errorcode=0&reference=oak%3A${id}`;
  test.each([
    ["a query behind POST", (id: string) => report("POST", `?${fields(id)}`)],
    ["a query behind POST that says it is a form", (id: string) => report("POST", `?${fields(id)}`, "", [FORM])],
    ["a query behind GET", (id: string) => report("GET", `?${fields(id)}`)],
    ["a form", (id: string) => report("POST", "", fields(id), [FORM])],
    ["a form, with something else in the query", (id: string) => report("POST", "?v=2", fields(id), [FORM])],
  ])("%s: each is an event, is kept, and makes its row", async (_, post) => {
    const ids = ["q-1", "q-2", "q-3"];
    for (const id of ids) expect((await post(id)).status).toBe(200);
    expect(JSON.parse((await post("q-1")).body).duplicate).toBe(true);
    await workUntilIdle();
    const rows = await desk.sql`select message_id, organisation_id, status from sms_recipients order by 1`;
    expect(rows).toEqual(ids.map((id) => ({ message_id: id, organisation_id: "oak", status: "delivered" })));
    const stored =
      await desk.sql`select id::int, content_type, payload ->> 'reference' as reference from events order by id`;
    expect(stored[0]).toMatchObject({ content_type: "application/json", reference: "oak:q-1" });
    expect(String(await storedBody(desk.sql, stored[0]?.id))).toContain("49176555010");
  });

  test.each(["stripe", "telnyx", "chatwoot", "shopify", "mitto", "heyreach"] as const)(
    "two empty requests of %s are two events, and the same signed one again is none",
    async (provider) => {
      const at = Math.floor(Date.now() / 1000);
      const ids = [];
      for (const [n, time] of [at - 5, at].entries())
        ids.push(eventIdIn(await send(provider, Buffer.alloc(0), { at: time, id: `empty-${n}` })));
      expect(new Set(ids).size).toBe(2);
      if (["mitto", "heyreach"].includes(provider)) return;
      expect(eventIdIn(await send(provider, Buffer.alloc(0), { at, id: "empty-1" }))).toBe(ids[1]);
    },
  );
});

describe("Two events with the same fields used to be one", () => {
  test("Smartlead: two links clicked, and a category that changes twice, in one second", async () => {
    const click = (link: string) =>
      smartleadEvent({ type: "EMAIL_LINK_CLICK", statsId: "stats-click", body: { link_details: [link] } });
    const category = (name: string) =>
      smartleadEvent({ type: "LEAD_CATEGORY_UPDATED", body: { lead_category: { new_name: name } } });
    expect(await sizes(["smartlead", click("/a")], ["smartlead", click("/b")])).toBe(2);
    expect(await sizes(["smartlead", category("Interested")], ["smartlead", category("Meeting")])).toBe(4);
    // Another webhook of ours tells of the same.
    expect(await sizes(["smartlead", { ...click("/b"), webhook_id: 9 }])).toBe(4);
  });

  test("HeyReach: two tags after one message", async () => {
    const tagged = (...tags: string[]) => {
      const event = heyreachEvent({ body: { correlation_id: undefined, event_type: "lead_tag_updated" } });
      return { ...event, lead: { ...(event.lead as object), tags } };
    };
    expect(await sizes(["heyreach", tagged("a")], ["heyreach", tagged("a", "b")], ["heyreach", tagged("a")])).toBe(2);
  });

  test("Mitto: a report with a corrected reference, under the same id, corrects its row", async () => {
    const { createSource } = await import("@/lib/commands/sources");
    const { ada } = await import("../support/actor");
    const source = await createSource({ provider: "mitto", name: "Elm", organisation_id: "elm" }, {
      ...ada,
      origin: "https://desk.test",
    } as Parameters<typeof createSource>[1]);
    const path = new URL(source.full_url).pathname;
    const post = (reference: string) =>
      accept({
        method: "POST",
        path,
        headers: [],
        body: bodyOf({ Id: "c-1", status: "DELIVERED", errorcode: "0", reference }),
      });
    await post("another:c-1");
    await workUntilIdle();
    expect(await desk.sql`select reference from sms_recipients`).toEqual([{ reference: "another:c-1" }]);
    await post("elm:c-1");
    await workUntilIdle();
    expect(await desk.sql`select organisation_id, reference, status from sms_recipients`).toEqual([
      { organisation_id: "elm", reference: "elm:c-1", status: "delivered" },
    ]);
  });

  test("Chatwoot: two changes of a conversation in one second, from a server that writes whole seconds", async () => {
    const at = Math.floor(Date.now() / 1000);
    const changed = (status: "open" | "resolved") =>
      chatwootEvent({ event: "conversation_updated", id: 77, at, status });
    const one = { ...changed("open"), updated_at: at };
    const two = { ...changed("resolved"), updated_at: at };
    expect(await sizes(["chatwoot", one], ["chatwoot", two], ["chatwoot", one])).toBe(2);
  });
});

test("One Chatwoot message through the account's and the API inbox's webhook is one event, delivered once", async () => {
  const message = chatwootEvent({ id: 4_711 }) as Record<string, unknown>;
  const later = { ...message, conversation: { ...(message.conversation as object), unread_count: 9 } };
  const at = Math.floor(Date.now() / 1000);
  const first = await send("chatwoot", message, { at: at - 2, id: "delivery-of-account" });
  const second = await send("chatwoot", later, { at, id: "delivery-of-inbox" });
  expect(eventIdIn(second)).toBe(eventIdIn(first));
  expect(await desk.sql`select duplicate_count, conflict_count from events`).toEqual([
    { duplicate_count: 1, conflict_count: 0 },
  ]);
  expect((await desk.sql`select id from deliveries`).length).toBeLessThan(2);
});

describe("Honest events with equal bytes used to be suspected replays", () => {
  const SHOP = "oak-and-elm.myshopify.com";
  const CUSTOMER = { shop_id: 61, shop_domain: SHOP, customer: { id: 5, email: "iris@example.com" } };
  const post = (topic: string, id: string, body: unknown) => {
    const bytes = bodyOf(body);
    const digest = createHmac("sha256", TEST_SECRETS.shopify).update(bytes).digest("base64");
    const named: [string, string][] = [
      ["X-Shopify-Hmac-Sha256", digest],
      ["X-Shopify-Topic", topic],
      ["X-Shopify-Shop-Domain", SHOP],
      ["X-Shopify-Event-Id", id],
    ];
    return accept({ method: "POST", path: "/api/webhooks/shopify", headers: named, body: bytes });
  };
  const suspected = async (answer: Awaited<ReturnType<typeof post>>) => {
    expect(answer.status).toBe(200);
    const [row] = await desk.sql`select suspected_replay from events where id = ${eventIdIn(answer)}`;
    return row?.suspected_replay as boolean;
  };

  test.each([
    ["product_listings/remove", { product_listing: { product_id: 8_200 } }],
    ["shop/redact", { shop_id: 61, shop_domain: SHOP }],
    ["customers/redact", { ...CUSTOMER, orders_to_redact: [7] }],
    ["customers/data_request", { ...CUSTOMER, orders_requested: [7], data_request: { id: 1 } }],
    ["products/update", { id: 8_200 }],
    ["customers/delete", { id: 5 }],
    ["inventory_levels/disconnect", { inventory_item_id: 1, location_id: 2 }],
    ["app/uninstalled", { id: 61, domain: SHOP, updated_at: "2026-02-16T12:10:00-05:00" }],
  ])("%s twice, at once and weeks apart", async (topic, body) => {
    const answers = await Promise.all(["e-1", "e-2"].map((id) => post(topic, id, body)));
    expect(await Promise.all(answers.map(suspected))).toEqual([false, false]);
    await desk.sql`update events set received_at = received_at - interval '20 days'`;
    expect(await suspected(await post(topic, "e-3", body))).toBe(false);
    if (topic !== "shop/redact") return;
    await workUntilIdle();
    expect(await desk.sql`select kind from privacy_requests`).toHaveLength(3);
  });

  test("a captured data_request does not become a redact, at once or months later, however often it is tried", async () => {
    const body = { ...CUSTOMER, orders_requested: [7], data_request: { id: 2 } };
    expect(await suspected(await post("customers/data_request", "d-1", body))).toBe(false);
    expect(await suspected(await post("customers/redact", "d-2", body))).toBe(true);
    await desk.sql`update events set received_at = received_at - interval '90 days'`;
    expect(await suspected(await post("customers/redact", "d-3", body))).toBe(true);
    await workUntilIdle();
    expect(await desk.sql`select kind from privacy_requests`).toEqual([{ kind: "customers/data_request" }]);
  });

  test("nor does one that was captured before it came here", async () => {
    await post("customers/redact", "d-4", { ...CUSTOMER, orders_requested: [7], data_request: { id: 3 } });
    await workUntilIdle();
    expect(await desk.sql`select kind from privacy_requests`).toEqual([]);
  });
});
