/** A Shopify customer's erasure request is carried out in the events, what is stored with them, and the rows they wrote. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { type ShopifyOptions, shopifyBody } from "@/lib/providers/shopify/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { FIXTURE_SHOP } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, orders, customers, privacy_requests, rejections cascade`,
);

const NOAH = { customer: "7731940223158", order: "5920184410358", email: "noah.whitfield@example.com" };
const IDA = {
  customer: "7731940223999",
  order: "5920184410999",
  email: "ida.berg@example.com",
  phone: "+12025550199",
  firstName: "Ida",
};
const ASKED = FIXTURE_TIME + 86_400;

/** Sends an event that happened at `at`, and delivers it. */
async function happens(topic: ShopifyOptions["topic"], who: ShopifyOptions, at = FIXTURE_TIME, id?: string) {
  const body = shopifyBody({ topic, at, ...who });
  const answer = await send("shopify", body, { topic, at, ...(id && { id }), ...(who.shop && { shop: who.shop }) });
  expect(answer.status).toBe(200);
  await workUntilIdle();
  return eventIdIn(answer);
}

/** Everything that is stored, as one text, whatever the order that Postgres keeps the rows in. */
async function everything(): Promise<string> {
  const rows = await desk.sql`
    select encode(raw_body, 'escape') as kept, null::jsonb as payload, null::jsonb as headers from event_bodies
    union all select '', payload, headers from events
    union all select encode(body, 'escape'), null, headers from rejections
    union all select convert_from(coalesce(response_body, ''), 'UTF8'), changes, null from attempts
    union all select to_jsonb(o)::text, null, null from orders o
    union all select to_jsonb(c)::text, null, null from customers c
    union all select to_jsonb(p)::text, null, null from privacy_requests p`;
  return JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
}

async function twoCustomers() {
  for (const who of [NOAH, IDA]) {
    await happens("customers/create", who);
    await happens("orders/create", who);
    await happens("orders/paid", who, FIXTURE_TIME + 60);
  }
}

describe("customers/redact", () => {
  test("forgets the person everywhere, keeps what proves it, and leaves others alone [S19] [S56]", async () => {
    await twoCustomers();
    await happens("orders/updated", NOAH, FIXTURE_TIME + 70, "twice");
    await happens("orders/updated", { ...NOAH, total: "1.00" }, FIXTURE_TIME + 70, "twice");
    await send("shopify", shopifyBody(NOAH), { topic: "orders/create", tampered: true });
    const hashes = await desk.sql`select id, body_sha256, fingerprint, event_key from events order by id`;
    expect(await everything()).toContain(NOAH.email);

    const request = await happens("customers/redact", NOAH, ASKED);

    const kept = await everything();
    for (const personal of [NOAH.email, "Noah", "+12025550188"]) expect(kept).not.toContain(personal);
    expect(kept).toContain(IDA.email);
    expect(
      await desk.sql`select id, body_sha256, fingerprint, event_key from events where id <> ${request} order by id`,
    ).toEqual(hashes);
    expect(
      await desk.sql`select customer_id, email, first_name, phone, redacted_at is null as whole from customers order by 1`,
    ).toEqual([
      { customer_id: NOAH.customer, email: null, first_name: null, phone: null, whole: false },
      { customer_id: IDA.customer, email: IDA.email, first_name: "Ida", phone: IDA.phone, whole: true },
    ]);
    expect(await desk.sql`select order_id, email, total_price::text, financial_status from orders order by 1`).toEqual([
      { order_id: NOAH.order, email: null, total_price: "84.50", financial_status: "pending" },
      { order_id: IDA.order, email: IDA.email, total_price: "84.50", financial_status: "paid" },
    ]);
    expect(await desk.sql`select redacted_at is not null as redacted from events where variant_of is not null`).toEqual(
      [{ redacted: true }],
    );
    expect(await desk.sql`select count(*)::int from rejections`).toEqual([{ count: 0 }]);

    const [event] = await desk.sql`
      select status, payload, body_size, convert_from(body_of(id), 'UTF8')::jsonb as body, redacted_at is not null as redacted
      from events where id = ${request}`;
    expect(event).toMatchObject({ status: "processed", redacted: true });
    expect(event?.body).toEqual(event?.payload);
    expect(event?.payload).toMatchObject({
      shop_domain: FIXTURE_SHOP,
      customer: { id: Number(NOAH.customer) },
      orders_to_redact: [Number(NOAH.order)],
    });
    expect(event?.payload.customer).toEqual({ id: Number(NOAH.customer) });
  });

  test("can be done again, and can be previewed without being done", async () => {
    await twoCustomers();
    const change = {
      table: "privacy_requests",
      key: { organisation_id: FIXTURE_SHOP, company_id: FIXTURE_SHOP, source_event: "shopify:draft" },
      values: {
        kind: "customers/redact",
        shop_domain: FIXTURE_SHOP,
        customer_id: NOAH.customer,
        order_ids: [NOAH.order],
        requested_at: new Date(ASKED * 1000).toISOString(),
      },
      version: "2026-03-03T09:30:00.000000Z#00#draft",
    };
    const before = await everything();
    const preview = await call("console", "preview_changes", { p_changes: [change] });
    expect(preview).toMatchObject([{ effect: "created" }]);
    expect(await everything()).toBe(before);

    await happens("customers/redact", NOAH, ASKED, "asked");
    const once = await everything();
    await happens("customers/redact", NOAH, ASKED, "asked");
    await desk.sql`update privacy_requests set updated_at = updated_at`;
    expect(await everything()).toBe(once);
  });

  test("covers what happened before it and comes later, and not what happens after it [S56]", async () => {
    await happens("customers/redact", NOAH, ASKED);
    const late = await happens("orders/updated", NOAH, ASKED - 10, "late");
    await happens("customers/update", NOAH, ASKED - 10);
    expect(await everything()).not.toContain(NOAH.email);
    expect(await desk.sql`select status, redacted_at is not null as redacted from events where id = ${late}`).toEqual([
      { status: "processed", redacted: true },
    ]);
    // The hashes of the received bytes stay, so the retry is a duplicate and not a conflict.
    await happens("orders/updated", NOAH, ASKED - 10, "late");
    expect(await desk.sql`select duplicate_count, conflict_count from events where id = ${late}`).toEqual([
      { duplicate_count: 1, conflict_count: 0 },
    ]);

    await happens("customers/update", NOAH, ASKED + 10);
    expect(await desk.sql`select email from customers`).toEqual([{ email: NOAH.email }]);
  });

  test("a row that a worker read before and writes after is emptied too", async () => {
    await happens("customers/redact", NOAH, ASKED);
    const key = { organisation_id: FIXTURE_SHOP, company_id: FIXTURE_SHOP, customer_id: NOAH.customer };
    const version = "2026-03-02T09:30:00.000000Z#00#old";
    const change = { table: "customers", key, values: { email: NOAH.email, state: "enabled" }, version };
    await desk.sql`select apply_changes(${desk.sql.json([change])})`;
    expect(await desk.sql`select email, state from customers`).toEqual([{ email: null, state: "enabled" }]);
  });

  test("a payload too large to be kept as such is searched for the ids", async () => {
    await happens("orders/create", { ...NOAH, body: { note: "x".repeat(300_000) } });
    await happens("orders/create", { ...IDA, body: { note: "x".repeat(300_000) } });
    await happens("customers/redact", NOAH, ASKED);
    expect(
      await desk.sql`select object_id, redacted_at is not null as redacted from events where payload is null order by id`,
    ).toEqual([
      { object_id: `order:${NOAH.order}`, redacted: true },
      { object_id: `order:${IDA.order}`, redacted: false },
    ]);
  });
});

describe("shop/redact", () => {
  test("forgets one shop", async () => {
    await happens("orders/create", NOAH);
    await happens("orders/create", { ...IDA, shop: "birch.myshopify.com" });
    await happens("shop/redact", {}, ASKED);
    const kept = await everything();
    expect(kept).not.toContain(NOAH.email);
    expect(kept).toContain(IDA.email);
  });

  test("is not what a customer's request becomes under another topic: the topic is not signed", async () => {
    await happens("orders/create", IDA);
    const body = shopifyBody({ topic: "customers/redact", ...NOAH });
    const id = eventIdIn(await send("shopify", body, { topic: "shop/redact", at: ASKED }));
    await workUntilIdle();
    expect(await desk.sql`select status, last_error from events where id = ${id}`).toEqual([
      { status: "dead", last_error: "customer: expected none in shop/redact" },
    ]);
    expect(await everything()).toContain(IDA.email);
  });

  test("cannot be sent for another shop: the body says which", async () => {
    const answer = await send("shopify", shopifyBody({ topic: "shop/redact" }), {
      topic: "shop/redact",
      shop: "birch.myshopify.com",
    });
    expect(answer.status).toBe(401);
  });
});
