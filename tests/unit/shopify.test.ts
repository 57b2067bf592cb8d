/** What is particular to Shopify: two sets of headers, nothing signed but the body, exact ids and money, privacy. */
import { describe, expect, it } from "vitest";
import { parseBody } from "@/lib/pipeline/parse";
import type { ProjectableEvent, RawRequest, Source } from "@/lib/providers/provider";
import { shopify } from "@/lib/providers/shopify/index";
import { type ShopifyOptions, shopifyBody } from "@/lib/providers/shopify/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { FIXTURE_SHOP, requestOf, type SignOptions, TEST_SECRETS } from "../fixtures/sign";
import { project } from "../support/rows";

const bound = (settings: Record<string, string>, more: Partial<Source> = {}): Source => ({ id: 1, settings, ...more });

function verify(request: RawRequest, source?: Source) {
  const context = { secrets: [TEST_SECRETS.shopify], allowUnsigned: false, now: FIXTURE_TIME, source };
  return shopify.verify(request, context);
}

function identify(options: ShopifyOptions & SignOptions = {}, source?: Source) {
  const { topic = "orders/create" } = options;
  const answer = verify(
    requestOf("shopify", shopifyBody({ ...options, topic }), { at: FIXTURE_TIME, ...options, topic }),
    source,
  );
  if (!answer.ok) throw new Error(answer.detail);
  return shopify.identify(answer.request, parseBody(answer.request.body).value, source);
}

const request = (options: SignOptions = {}) => requestOf("shopify", shopifyBody(), options);

describe("a source", () => {
  it("takes its own shop and topic, whatever their case", () => {
    expect(verify(request(), bound({ shop: " Alder-Outfitters.myshopify.com", topic: "orders/create" })).ok).toBe(true);
  });
  it.each([
    [bound({ shop: "birch.myshopify.com" }), {}, /not the shop of this source/],
    [bound({ topic: "orders/create" }), { topic: "orders/paid" }, /not orders\/create/],
  ])("refuses a signed request for another one", (source, options, detail) => {
    const answer = verify(request(options), source);
    expect(answer).toMatchObject({ ok: false, reason: "bad_signature", detail: expect.stringMatching(detail) });
  });
  it("says whose the events are; the shop stays known as company", () => {
    const source = bound({ shop: FIXTURE_SHOP }, { organisationId: "alder" });
    expect(identify({}, source)).toMatchObject({ organisationId: "alder", companyId: FIXTURE_SHOP });
    expect(identify()).toMatchObject({ organisationId: FIXTURE_SHOP, companyId: FIXTURE_SHOP });
  });
});

describe("identify", () => {
  it("names an event per topic, the same in both sets of headers", () => {
    const keys = [{}, { newer: true }, { topic: "orders/paid" as const }].map(
      (o) => identify({ id: "e1", ...o }).eventKey,
    );
    expect(keys).toEqual(["orders/create:e1", "orders/create:e1", "orders/paid:e1"]);
  });
  it("never mixes the two sets of headers", () => {
    const mixed = request({ newer: true });
    const headers = [...mixed.headers, ["X-Shopify-Topic", "shop/redact"] as const];
    const answer = verify({ ...mixed, headers });
    expect(answer.ok && shopify.identify(answer.request, {}).eventType).toBe("orders/create");
  });
  it("keeps the time to the microsecond, and ids to the digit", () => {
    expect(identify({ order: "820982911946154508" })).toMatchObject({
      occurredAt: "2026-03-02T09:30:00.000412Z",
      objectId: "order:820982911946154508",
    });
  });
  it.each([
    ["true", false],
    ["false", true],
    ["", undefined],
  ])("reads X-Shopify-Test: %j", (value, livemode) => {
    const sent = request();
    const answer = verify({ ...sent, headers: [...sent.headers, ["X-Shopify-Test", value]] });
    expect(answer.ok && shopify.identify(answer.request, {}).livemode).toBe(livemode);
  });
});

const event = (options: ShopifyOptions): ProjectableEvent => ({
  provider: "shopify",
  eventKey: "k",
  eventType: options.topic ?? "orders/create",
  organisationId: "alder",
  companyId: FIXTURE_SHOP,
  receivedAt: "2026-03-02T09:30:01Z",
  payload: parseBody(shopifyBody(options)).value,
});

describe("rows", () => {
  it("hold an order with exact ids and money", () => {
    const [order] = project(event({ order: "820982911946154508", total: "12345678901234567890.10" }));
    expect(order).toMatchObject({
      table: "orders",
      key: { organisation_id: "alder", company_id: FIXTURE_SHOP, order_id: "820982911946154508" },
      values: { total_price: "12345678901234567890.10", financial_status: "pending", cancelled_at: null },
      version: "2026-03-02T09:30:00.000000Z#00#k",
    });
  });
  it("hold unusual values that a table takes", () => {
    const body = {
      name: 7,
      email: "a\0b",
      created_at: "soon",
      financial_status: null,
      total_price: null,
      customer: null,
    };
    expect(project(event({ body }))[0]?.values).toMatchObject({
      name: null,
      email: "a\uFFFDb",
      ordered_at: null,
      total_price: null,
    });
  });
  it("hold no address of who asks for their data", () => {
    for (const topic of ["customers/redact", "customers/data_request"] as const) {
      const [row] = project(event({ topic, customer: "788032119674292922" }));
      expect(row).toMatchObject({
        table: "privacy_requests",
        values: { kind: topic, customer_id: "788032119674292922" },
      });
      expect(JSON.stringify(row)).not.toContain("@");
    }
  });
  it.each([
    ["customers/redact", "customers/data_request", "orders_to_redact"],
    ["shop/redact", "customers/redact", "customer"],
  ] as const)("of %s are not made of a body of %s", (topic, sent, field) => {
    expect(() => project({ ...event({ topic: sent }), eventType: topic })).toThrow(expect.objectContaining({ field }));
  });
  it("are none once the event is redacted", () => {
    expect(project({ ...event({}), payload: { redacted: "gone" } })).toEqual([]);
  });
});
