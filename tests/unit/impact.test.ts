import { expect, test } from "vitest";
import type { ProjectableEvent } from "@/lib/providers/provider";
import { stripe } from "@/lib/providers/stripe/index";
import { stripeEvent } from "@/lib/providers/stripe/sample";

const event = (eventType: string, payload: unknown): ProjectableEvent => ({
  provider: "stripe",
  eventKey: "evt_1",
  eventType,
  receivedAt: "2026-03-02T09:30:00Z",
  payload,
});
const about = (eventType: string, object: unknown) => stripe.impact?.(event(eventType, { data: { object } }));

test.each([
  ["invoice.payment_succeeded", { customer: "cus_1", amount_paid: 4900, amount_due: 4900, currency: "usd" }, 4900],
  ["invoice.payment_failed", { customer: "cus_1", amount_paid: 0, amount_due: 1200, currency: "usd" }, 1200],
  ["invoice.paid", { customer: "cus_1", amount_paid: 0, amount_due: 0, currency: "usd" }, 0],
  ["charge.refunded", { customer: { id: "cus_1" }, amount: 700, currency: "USD" }, 700],
  ["payment_intent.succeeded", { customer: "cus_1", amount: 55, currency: "usd" }, 55],
  ["checkout.session.completed", { customer: "cus_1", amount_total: 9900, currency: "usd" }, 9900],
])("%s speaks of a customer and an amount", (type, object, amount) => {
  expect(about(type, object)).toEqual({ customer: "cus_1", amount, currency: "usd" });
});

test("a subscription has a customer and no money", () => {
  const created = stripeEvent({ type: "customer.subscription.created", customer: "cus_9" });
  expect(stripe.impact?.(event("customer.subscription.created", created))).toEqual({ customer: "cus_9" });
});

test("a customer event speaks of that customer", () => {
  expect(about("customer.updated", { id: "cus_3", currency: "eur" })).toEqual({ customer: "cus_3" });
});

test.each([
  ["nothing at all", undefined],
  ["an amount as text", { amount: "12", currency: "usd" }],
  ["an amount without a currency", { amount: 12 }],
  ["an amount beyond exact numbers", { amount: 2 ** 60, currency: "usd" }],
])("%s has no impact that could be told", (_, object) => {
  expect(about("charge.succeeded", object)).toEqual({});
});
