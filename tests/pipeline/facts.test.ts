/**
 * Customer, object, amount and mode are facts of an event: stored, filtered by, searched for, and added up once. Long because
 * it follows them through all of these.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createReplay } from "@/lib/commands/replays";
import { type EventFilter, eventFilterSchema } from "@/lib/contract/event-filter";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { getEvent, listEvents } from "@/lib/queries/events";
import { previewReplay } from "@/lib/queries/replay-preview";
import { searchEverything } from "@/lib/queries/search";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.sql`
    insert into destinations (slug, name, kind, providers, url, max_attempts)
    values ('everything', 'Everything', 'http', '{stripe,shopify}', 'http://127.0.0.1:9/', 1)`;
});
afterAll(() => desk.close());
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, businesses, replays, orders, customers, leads, privacy_requests cascade`,
);

/** A signed Stripe event with these fields in its object. */
function stripeOf(type: string, object: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return { ...stripeEvent(), type, data: { object: { currency: "usd", customer: "cus_once", ...object } }, ...more };
}

async function preview(filter: EventFilter = {}) {
  await desk.sql`update deliveries set status = 'cancelled', finished_at = now() where status = 'pending'`;
  const draft = await createReplay(
    { kind: "query", selection: { filter }, options: { skipAlreadyApplied: false }, reason: "what it is worth" },
    ada,
  );
  return previewReplay(draft, EVERYTHING);
}

const found = async (q: string, organisations: string[] | null = null) =>
  (await searchEverything(q, { organisations })).events.map(({ id }) => id);
const listed = async (query: Record<string, unknown>) =>
  (await listEvents(eventFilterSchema.parse(query), { limit: 50 }, EVERYTHING)).events.map(({ id }) => id);

const INVOICE = {
  object: "invoice",
  id: "in_7",
  number: "HD-0042",
  customer_email: "Ada@Harbor.example",
  customer_name: "Harbor Dental",
};

describe("what is stored", () => {
  test("an accepted event has its customer, object, amount and mode as columns", async () => {
    const due = { ...INVOICE, amount_due: 10_000, amount_paid: 3_000, amount_remaining: 7_000 };
    const id = `we_${eventIdIn(await send("stripe", stripeOf("invoice.payment_failed", due)))}`;
    expect(await getEvent(id, EVERYTHING)).toMatchObject({
      customer_id: "cus_once",
      object_id: "in_7",
      object_type: "invoice",
      amount: 7_000,
      amount_kind: "due",
      currency: "usd",
      livemode: true,
    });
  });

  test("the page of an event from before facts were stored reads them from its bytes", async () => {
    const paid = { ...INVOICE, amount_due: 500, amount_paid: 500 };
    const id = `we_${eventIdIn(await send("stripe", stripeOf("invoice.paid", paid)))}`;
    await desk.sql`
      update events set object_type = null, customer_id = null, amount = null, amount_kind = null, currency = null,
        terms = null`;
    expect(await getEvent(id, EVERYTHING)).toMatchObject({ customer_id: "cus_once", amount: 500, currency: "usd" });
    expect(await preview()).toMatchObject({ impact: { money: [{ currency: "usd", amount: 500 }] } });
  });

  test("a customer's erasure request removes whom an event was about, and its words", async () => {
    const who = { customer: "7731940223158", order: "5920184410358", email: "noah@example.com" };
    const at = stripeEvent().created;
    await send("shopify", shopifyBody({ topic: "orders/create", at, ...who }), { topic: "orders/create", at });
    expect(await found("noah@example.com")).toHaveLength(1);
    const asked = { topic: "customers/redact" as const, at: at + 60 };
    await send("shopify", shopifyBody({ ...asked, ...who }), asked);
    await workUntilIdle();
    expect(await found("noah@example.com")).toEqual([]);
    const late = { topic: "orders/paid" as const, at: at + 1 };
    await send("shopify", shopifyBody({ ...late, ...who }), late);
    const rows = await desk.sql`
      select customer_id, terms, amount is not null as worth from events where event_type like 'orders/%'`;
    expect(rows).toEqual([
      { customer_id: null, terms: null, worth: true },
      { customer_id: null, terms: null, worth: true },
    ]);
  });
});

describe("test mode", () => {
  test("a test-mode event at the live endpoint writes no live row, and says why", async () => {
    const test = {
      ...stripeEvent({ type: "customer.subscription.created", customer: "cus_test", livemode: false }),
      account: "acct_coast",
    };
    const id = eventIdIn(await send("stripe", test));
    const live = eventIdIn(
      await send("stripe", stripeEvent({ type: "customer.subscription.created", customer: "cus_live" })),
    );
    await workUntilIdle();
    expect(await desk.sql`select stripe_customer_id from businesses`).toEqual([{ stripe_customer_id: "cus_live" }]);
    expect(await listed({ livemode: "false" })).toEqual([`we_${id}`]);
    expect(await listed({ livemode: "live" })).toEqual([`we_${live}`]);
    expect(await listed({ livemode: "any" })).toHaveLength(2);
  });

  test("a delivery from before the rule is not replayed into live rows", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "customer.subscription.created", livemode: false })));
    await desk.sql`delete from deliveries`;
    await desk.sql`
      insert into deliveries (event_id, destination_id, status, finished_at)
      select ${id}, d.id, 'delivered', now() from destinations d where d.slug = 'stripe-tables'`;
    const { to_run, to_skip } = await preview();
    expect({ to_run, to_skip }).toEqual({ to_run: 0, to_skip: { test_mode: 1 } });
  });

  test("a destination of test mode takes test events alone", async () => {
    await desk.sql`update destinations set livemode = 'test' where slug = 'everything'`;
    await send("stripe", stripeOf("charge.succeeded", { id: "ch_1" }));
    const id = eventIdIn(await send("stripe", stripeOf("charge.succeeded", { id: "ch_2" }, { livemode: false })));
    await desk.sql`update destinations set livemode = 'any' where slug = 'everything'`;
    expect(await desk.sql`select event_id from deliveries`).toEqual([{ event_id: String(id) }]);
  });

  test("HeyReach's Test button and a Shopify order of a test payment are test mode", async () => {
    const zero = "00000000-0000-0000-0000-000000000000";
    await send("heyreach", { ...heyreachEvent(), correlation_id: zero });
    const order = Buffer.from(
      String(shopifyBody({ topic: "orders/create" }))
        .replace(/,?"test": ?false/, "")
        .replace(/^\{/, '{"test":true,'),
    );
    await send("shopify", order, { topic: "orders/create" });
    await workUntilIdle();
    expect(await listed({ livemode: "test" })).toHaveLength(2);
    expect(await desk.sql`select (select count(*) from leads) + (select count(*) from orders) as rows`).toEqual([
      { rows: "0" },
    ]);
  });
});

describe("filters and search", () => {
  test("the history and a replay are filtered by customer and object", async () => {
    const one = `we_${eventIdIn(await send("stripe", stripeOf("charge.succeeded", { object: "charge", id: "ch_1", amount: 5 })))}`;
    const other = `we_${eventIdIn(await send("stripe", stripeOf("charge.succeeded", { id: "ch_2", customer: "cus_2" })))}`;
    expect(await listed({ customer: "cus_once" })).toEqual([one]);
    expect(await listed({ object: "ch_2" })).toEqual([other]);
    expect(await preview({ customer: "cus_once" })).toMatchObject({ events: 1, impact: { customers: 1 } });
  });

  test("an event is found by name, address, customer, invoice number and pasted address", async () => {
    const id = `we_${eventIdIn(await send("stripe", stripeOf("invoice.paid", { ...INVOICE, amount_paid: 5 })))}`;
    const key = (await getEvent(id, EVERYTHING))?.event_key;
    for (const text of [
      "harbor dental",
      "Dental",
      "ada@harbor.example",
      "ADA@HAR",
      "cus_once",
      "in_7",
      "hd-0042",
      `https://desk.example.com/events/${id}?in=x`,
      `/events/${id}`,
      `https://dashboard.stripe.com/acct_1/test/events/${key}`,
      "https://dashboard.stripe.com/invoices/in_7",
      "dashboard.stripe.com/customers/cus_once",
    ]) {
      expect([text, await found(text)]).toEqual([text, [id]]);
    }
    for (const text of ["harbor mental", "' | 'harbor", "\\", "https://dashboard.stripe.com/events", "harbor:*"]) {
      expect([text, await found(text)]).toEqual([text, []]);
    }
  });

  test("a Shopify event is found by its order number and by both ids of its headers, in either family", async () => {
    const id = "32ab3232-0000-4000-8000-000000000032";
    const body = Buffer.from(shopifyBody({ topic: "orders/create", order: "5920000003201" }));
    const { requestOf } = await import("../fixtures/sign");
    const { accept } = await import("@/lib/pipeline/accept");
    for (const newer of [false, true]) {
      const request = requestOf("shopify", body, { topic: "orders/create", id: newer ? `${id}b` : id, newer } as never);
      const webhook = request.headers.find(([name]) => /webhook-id/i.test(name))?.[1] ?? "";
      const event = `we_${eventIdIn(await accept(request))}`;
      for (const text of [newer ? `${id}b` : id, webhook.toUpperCase()]) expect(await found(text)).toContain(event);
      for (const text of ["5920000003201", "https://admin.shopify.com/store/alder/orders/5920000003201"]) {
        expect(await found(text)).toContain(event);
      }
      const [, name] = /"name":"(#[^"]+)"/.exec(body.toString()) ?? [];
      expect(await found(name ?? "none")).toContain(event);
      expect(await found((name ?? "none").slice(1))).toContain(event);
    }
  });

  test("a search stays within the caller's organisations", async () => {
    await send("stripe", stripeOf("invoice.paid", INVOICE, { account: "acct_a" }));
    for (const text of ["harbor", "cus_once", "in_7"]) {
      expect(await found(text, ["acct_a"])).toHaveLength(1);
      expect(await found(text, ["acct_b"])).toEqual([]);
    }
  });
});

describe("the preview's money", () => {
  const usd = (amount: number) => [{ currency: "usd", amount }];

  test("one payment, told by five events, with two destinations, is added up once", async () => {
    for (const event of [
      stripeOf("payment_intent.succeeded", { object: "payment_intent", id: "pi_once", amount: 2_500 }),
      stripeOf("charge.succeeded", { object: "charge", id: "ch_once", amount: 2_500 }),
      stripeOf("invoice.paid", { object: "invoice", id: "in_once", amount_due: 2_500, amount_paid: 2_500 }),
      stripeOf("invoice.payment_succeeded", {
        object: "invoice",
        id: "in_once",
        amount_due: 2_500,
        amount_paid: 2_500,
        status_transitions: { paid_at: 1_795_964_878 },
      }),
      stripeOf("checkout.session.completed", { object: "checkout.session", id: "cs_once", amount_total: 2_500 }),
    ]) {
      await send("stripe", event);
    }
    const { impact, deliveries } = await preview();
    expect(deliveries).toBeGreaterThan(5);
    expect(impact).toMatchObject({ customers: 1, money: usd(2_500), test: { customers: 0, money: [] } });
  });

  test("an invoice in four states counts by its newest one, whatever the order of arrival", async () => {
    const state = (type: string, at: number, object: object) =>
      stripeOf(type, { object: "invoice", id: "in_4", amount_due: 2_500, amount_paid: 0, ...object }, { created: at });
    const at = stripeEvent().created;
    await send("stripe", state("invoice.paid", at + 3, { amount_paid: 2_500 }));
    await send("stripe", state("invoice.created", at, {}));
    await send("stripe", state("invoice.payment_failed", at + 2, {}));
    await send("stripe", state("invoice.finalized", at + 1, {}));
    expect((await preview()).impact.by_kind).toEqual([{ currency: "usd", kind: "paid", amount: 2_500 }]);
  });

  test("a partial refund, a partly paid invoice: what they are about, each in its kind", async () => {
    await send(
      "stripe",
      stripeOf("charge.refunded", { object: "charge", id: "ch_p", amount: 20_675, amount_refunded: 375 }),
    );
    await send(
      "stripe",
      stripeOf("invoice.payment_failed", {
        object: "invoice",
        id: "in_p",
        customer: "cus_2",
        amount_due: 10_000,
        amount_paid: 3_000,
        amount_remaining: 7_000,
      }),
    );
    const { impact } = await preview();
    expect(impact).toMatchObject({ customers: 2, money: usd(7_375) });
    expect(impact.by_kind).toHaveLength(2);
    expect(impact.by_kind).toEqual(
      expect.arrayContaining([
        { currency: "usd", kind: "refunded", amount: 375 },
        { currency: "usd", kind: "due", amount: 7_000 },
      ]),
    );
  });

  test("two payments of one amount by one customer are two, failed ones and test mode do not count as money", async () => {
    for (const n of [1, 2]) {
      await send(
        "stripe",
        stripeOf("charge.succeeded", { object: "charge", id: `ch_${n}`, payment_intent: `pi_${n}`, amount: 900 }),
      );
      await send(
        "stripe",
        stripeOf("payment_intent.succeeded", { object: "payment_intent", id: `pi_${n}`, amount: 900 }),
      );
      await send(
        "stripe",
        stripeOf("invoice.paid", { object: "invoice", id: `in_${n}`, amount_due: 900, amount_paid: 900 }),
      );
    }
    await send("stripe", stripeOf("charge.failed", { object: "charge", id: "ch_f", amount: 5_000 }));
    await send(
      "stripe",
      stripeOf("charge.succeeded", { object: "charge", id: "ch_t", amount: 7_000 }, { livemode: false }),
    );
    expect((await preview()).impact).toMatchObject({
      customers: 1,
      money: usd(1_800),
      test: { customers: 1, money: usd(7_000) },
    });
  });

  test("an order that was paid and then cancelled is no money; HUF of two providers is added in one unit", async () => {
    const order = (id: string, more: string) =>
      Buffer.from(
        `{"id":${id},"currency":"HUF","total_price":"11480.50","created_at":"2026-01-01T00:00:00Z","customer":{"id":5},${more}}`,
      );
    const at = stripeEvent().created;
    const paid = '"cancelled_at":null,"financial_status":"paid"';
    await send("shopify", order("1", paid), { topic: "orders/paid", at });
    await send("shopify", order("2", paid), { topic: "orders/paid", at });
    const cancelled = order("2", '"cancelled_at":"2026-01-02T00:00:00Z","financial_status":"paid"');
    await send("shopify", cancelled, { topic: "orders/cancelled", at: at + 60 });
    await send(
      "stripe",
      stripeOf("invoice.payment_failed", {
        object: "invoice",
        id: "in_h",
        amount_due: 1_148_000,
        amount_paid: 0,
        currency: "huf",
      }),
    );
    expect((await preview()).impact.money).toEqual([{ currency: "huf", amount: 1_148_050 + 1_148_000 }]);
  });
});
