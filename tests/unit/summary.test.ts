/** What each provider's `summary` says an event is about: the customer, and the money as the event leaves its object. */
import { expect, test } from "vitest";
import { searchTerms } from "@/lib/contract/search-terms";
import { providers } from "@/lib/providers";
import { chatwoot } from "@/lib/providers/chatwoot/index";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import type { Provider } from "@/lib/providers/provider";
import { shopify } from "@/lib/providers/shopify/index";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { stripe } from "@/lib/providers/stripe/index";
import { stripeEvent, stripeThinEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";

const about = (provider: Provider, eventType: string, payload: unknown) => provider.summary?.({ eventType, payload });
const stripeMoney = (type: string, object: object) =>
  about(stripe, type, { data: { object: { id: "x_1", currency: "USD", customer: "cus_1", ...object } } })?.money;

const invoice = { object: "invoice", amount_due: 10_000, amount_paid: 0, amount_remaining: 10_000 };
const charge = { object: "charge", amount: 20_675 };
const intent = { object: "payment_intent", amount: 10_000 };

test.each([
  ["a partial refund is the whole charge", "charge.refunded", { ...charge, amount_refunded: 375 }, 375, "refunded"],
  ["a refund counts", "refund.created", { object: "refund", amount: 375, status: "succeeded" }, 375, "refunded"],
  ["a failed refund is paid back", "refund.failed", { object: "refund", amount: 375, status: "failed" }, 375, "failed"],
  [
    "a partly paid invoice is what was paid",
    "invoice.payment_failed",
    { ...invoice, amount_paid: 3_000, amount_remaining: 7_000 },
    7_000,
    "due",
  ],
  [
    "a remainder of 0 next to nothing paid is 0",
    "invoice.payment_failed",
    { ...invoice, amount_remaining: 0 },
    10_000,
    "due",
  ],
  ["a paid invoice is due", "invoice.paid", { ...invoice, amount_paid: 10_000, amount_remaining: 0 }, 10_000, "paid"],
  [
    "an invoice of nothing has no amount",
    "invoice.paid",
    { ...invoice, amount_due: 0, amount_remaining: 0 },
    0,
    "paid",
  ],
  ["a voided invoice is due", "invoice.voided", { ...invoice, status: "void" }, 10_000, "cancelled"],
  ["a voided invoice of old is paid", "invoice.voided", { ...invoice, paid: true }, 10_000, "cancelled"],
  ["a failed charge is paid", "charge.failed", { ...charge, status: "failed" }, 20_675, "failed"],
  ["an authorisation is paid", "charge.succeeded", { ...charge, captured: false }, 20_675, "authorised"],
  [
    "a partial capture is the whole",
    "charge.captured",
    { ...charge, captured: true, amount_captured: 9_000 },
    9_000,
    "paid",
  ],
  [
    "an old partial capture is the whole",
    "charge.captured",
    { ...charge, captured: true, amount_refunded: 11_675 },
    9_000,
    "paid",
  ],
  [
    "a partial capture of a payment is the whole",
    "payment_intent.succeeded",
    { ...intent, amount_received: 4_000 },
    4_000,
    "paid",
  ],
  ["a payment that failed is paid", "payment_intent.payment_failed", intent, 10_000, "failed"],
  [
    "a payment nobody began is paid",
    "payment_intent.created",
    { ...intent, status: "requires_payment_method" },
    10_000,
    "open",
  ],
  [
    "an expired checkout is paid",
    "checkout.session.expired",
    { object: "checkout.session", amount_total: 2_500 },
    2_500,
    "cancelled",
  ],
  [
    "a checkout whose payment comes later is paid",
    "checkout.session.completed",
    { object: "checkout.session", amount_total: 2_500, payment_status: "unpaid" },
    2_500,
    "due",
  ],
  [
    "a won dispute takes money",
    "charge.dispute.closed",
    { object: "dispute", amount: 900, status: "won" },
    900,
    "cancelled",
  ],
])("Stripe: not that %s", (_, type, object, amount, kind) => {
  expect(stripeMoney(type, object)).toMatchObject({ amount, kind, currency: "usd" });
});

test("Stripe: the forecast of an invoice, a subscription and a thin event have no money", () => {
  expect(stripeMoney("invoice.upcoming", { ...invoice, id: undefined })).toBeUndefined();
  const subscription = about(stripe, "customer.subscription.created", stripeEvent({ customer: "cus_9" }));
  expect(subscription).toMatchObject({ customerId: "cus_9", objectType: "subscription" });
  expect(subscription?.money).toBeUndefined();
  expect(about(stripe, "v1.x", stripeThinEvent())).toMatchObject({ objectType: "billing.meter" });
});

test.each([
  ["an amount as text", { amount: "12", currency: "usd" }],
  ["an amount without a currency", { amount: 12, currency: null }],
  ["an amount beyond exact numbers", { amount: 2 ** 60 }],
])("Stripe: %s is left out", (_, object) => {
  expect(stripeMoney("charge.succeeded", { object: "charge", ...object })).toBeUndefined();
});

const order = { id: 7, currency: "USD", total_price: "120.00", cancelled_at: null, financial_status: "paid" };

test.each([
  ["orders/paid", order, 12_000, "paid"],
  ["orders/cancelled", { ...order, cancelled_at: "2026-01-02T00:00:00Z" }, 12_000, "cancelled"],
  ["orders/create", { ...order, financial_status: "authorized" }, 12_000, "authorised"],
  ["orders/create", { ...order, financial_status: "partially_paid", total_outstanding: "20.00" }, 2_000, "due"],
  [
    "orders/updated",
    {
      ...order,
      financial_status: "partially_refunded",
      refunds: [
        { transactions: [{ kind: "refund", status: "success", amount: "15.00", currency: "USD" }] },
        { transactions: [{ kind: "refund", status: "failure", amount: "9.00", currency: "USD" }] },
      ],
    },
    1_500,
    "refunded",
  ],
  [
    "refunds/create",
    { id: 9, order_id: 7, transactions: [{ kind: "refund", status: "success", amount: "3.75", currency: "EUR" }] },
    375,
    "refunded",
  ],
  ["checkouts/create", { id: 5, currency: "USD", total_price: "8.00" }, 800, "open"],
  ["orders/create", { ...order, currency: "HUF", total_price: "11480.50" }, 1_148_050, "paid"],
])("Shopify: %s is worth what the event says of its order", (topic, body, amount, kind) => {
  expect(about(shopify, topic, body)?.money).toMatchObject({ amount, kind });
});

test("a Shopify privacy request puts no name, address or number of the person among the words", () => {
  const body = shopifyBody({ topic: "customers/redact", email: "noah@example.com" });
  const summary = shopify.summary?.({
    eventType: "customers/redact",
    payload: body,
    headers: [["x-shopify-event-id", "e-1"]],
  });
  expect(searchTerms(summary?.searchable ?? [])).toEqual(["e-1"]);
});

test("the customer of a message is the one at the other end", () => {
  const received = telnyxEvent({ type: "message.received" });
  expect(about(providers.telnyx, "message.received", received)?.customerId).toMatch(/^\+/);
  const sent = {
    data: { payload: { direction: "outbound", from: { phone_number: "+1" }, to: [{ phone_number: "+2" }] } },
  };
  expect(about(providers.telnyx, "message.sent", sent)?.customerId).toBe("+2");
  const agent = { event: "message_created", message_type: "outgoing", sender: { id: 3, name: "Agent", type: "user" } };
  const contact = { id: 44, name: "Mara Quist", email: "mara@example.com" };
  const message = { ...agent, conversation: { id: 5, meta: { sender: contact } } };
  expect(about(chatwoot, "message_created", message)).toMatchObject({ customerId: "44", objectType: "message" });
  expect(about(providers.smartlead, "EMAIL_SENT", smartleadEvent())?.customerId).toContain("@");
  expect(about(providers.heyreach, "message_sent", heyreachEvent())?.customerId).toBeDefined();
});

/** Whatever shape arrives, a verified event is stored. */
test.each(Object.values<Provider>(providers))("$label: a summary never throws", (provider) => {
  for (const payload of [
    undefined,
    null,
    1,
    "text",
    [],
    {},
    { data: null },
    { data: { object: [] } },
    { to: {}, data: { payload: { to: [null], from: [] } } },
  ]) {
    for (const eventType of [
      "",
      "a",
      "orders/create",
      "refunds/create",
      "invoice.paid",
      "call.initiated",
      "contact_created",
    ]) {
      expect(provider.summary?.({ eventType, payload })).toBeTypeOf("object");
    }
  }
});

test("words are found as they are typed, whatever their case, sign or form", () => {
  expect(searchTerms(["Ada  Lovelace", "ADA@Example.com", "#1042", "+12025550188", 1042, null, "ﬁn", "\0"])).toEqual([
    "ada",
    "lovelace",
    "ada@example.com",
    "1042",
    "12025550188",
    "fin",
  ]);
});
