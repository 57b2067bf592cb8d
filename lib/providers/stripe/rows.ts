/**
 * The rows that Stripe events keep up to date: `businesses`, one per customer, and `audit_logs`, one per event.
 * Reads both payload shapes, before and after API version 2025-03-31.basil
 * (https://docs.stripe.com/changelog/basil): the version is chosen by the endpoint, not by us.
 */
import { type Change, type Impact, InvalidPayload, type Json, type ProjectableEvent, versionOf } from "../provider";
import { at, idFrom, isoFromUnix, objectIn } from "../shape";

type Row = (event: ProjectableEvent) => Change[];

export const stripeProjections: Readonly<Record<string, Row>> = {
  "customer.subscription.created": (event) => subscriptionRows(event, "subscription_created", 0),
  "customer.subscription.updated": (event) => subscriptionRows(event, "subscription_updated", 1),
  "customer.subscription.deleted": (event) => subscriptionRows(event, "subscription_deleted", 2),
  "invoice.payment_succeeded": paymentSucceededRows,
  "invoice.payment_failed": paymentFailedRows,
};

/** The fields with an object's amount, by the type of its events. The first that is not 0 is the amount of the event. */
const AMOUNTS: readonly [types: RegExp, fields: readonly string[]][] = [
  // A failed invoice has 0 paid, and its due amount is the missing one.
  [/^invoice\./, ["amount_paid", "amount_due"]],
  [/^(charge|payment_intent)\./, ["amount"]],
  [/^checkout\.session\./, ["amount_total"]],
];

/**
 * The customer and the money that a Stripe event is about. Amounts are in the currency's minor unit, as Stripe writes them.
 */
export function stripeImpact({ eventType, payload }: ProjectableEvent): Impact {
  const object = at(payload, "data", "object");
  const about = /^customer\.(created|updated|deleted)$/.test(eventType) ? at(object, "id") : at(object, "customer");
  const customer = referenceTo(about);
  const fields = AMOUNTS.find(([types]) => types.test(eventType))?.[1] ?? [];
  const amounts = fields.map((field) => at(object, field)).filter((value) => Number.isSafeInteger(value)) as number[];
  const currency = at(object, "currency");
  return {
    ...(customer !== undefined && { customer }),
    ...(amounts.length > 0 &&
      typeof currency === "string" && {
        amount: amounts.find((amount) => amount !== 0) ?? 0,
        currency: currency.toLowerCase(),
      }),
  };
}

/** Stripe's times are whole seconds, so within one second the later state of a subscription has the higher rank. */
function subscriptionRows(event: ProjectableEvent, action: string, rank: number): Change[] {
  const subscription = objectIn(event, "data", "object");
  const subscriptionId = required(subscription, "id");
  const customerId = required(subscription, "customer");
  const status = required(subscription, "status");
  const planId = planOf(subscription);
  const ended = action === "subscription_deleted" ? endOf(subscription, event) : at(subscription, "ended_at");
  const business: Change = {
    table: "businesses",
    key: { stripe_customer_id: customerId },
    // Every subscription event carries the whole state, so each writes all columns and the latest one is complete.
    values: {
      stripe_subscription_id: subscriptionId,
      subscription_status: status,
      subscription_plan: planId,
      subscription_start_date: requiredTime(subscription, "created"),
      subscription_ended_at: isoFromUnix(ended) ?? null,
    },
    version: versionOf(event, rank),
  };
  const details = { subscription_id: subscriptionId, customer_id: customerId, plan_id: planId, status };
  return [business, auditRow(event, action, details)];
}

/**
 * Writes when the customer last paid. The subscription's status is not changed: an invoice does not have it, and
 * `customer.subscription.updated` brings it.
 */
function paymentSucceededRows(event: ProjectableEvent): Change[] {
  const invoice = objectIn(event, "data", "object");
  const audit = auditRow(event, "payment_succeeded", invoiceDetails(invoice, "amount_paid"));
  if (subscriptionOf(invoice) === undefined) return [audit];
  const paidAt = isoFromUnix(at(invoice, "status_transitions", "paid_at")) ?? requiredTime(invoice, "created");
  const business: Change = {
    table: "businesses",
    key: { stripe_customer_id: required(invoice, "customer") },
    values: { last_payment_date: paidAt },
    version: versionOf(event),
  };
  return [business, audit];
}

function paymentFailedRows(event: ProjectableEvent): Change[] {
  const invoice = objectIn(event, "data", "object");
  return [auditRow(event, "payment_failed", invoiceDetails(invoice, "amount_due"))];
}

function invoiceDetails(invoice: unknown, amountField: "amount_paid" | "amount_due"): Record<string, Json> {
  const amount = at(invoice, amountField);
  if (typeof amount !== "number") throw new InvalidPayload(`data.object.${amountField}`, "expected an amount in cents");
  return {
    invoice_id: required(invoice, "id"),
    subscription_id: subscriptionOf(invoice) ?? null,
    customer_id: referenceTo(at(invoice, "customer")) ?? null,
    amount,
    currency: required(invoice, "currency"),
  };
}

/** Basil moved an invoice's subscription under `parent`. An invoice may have none. */
function subscriptionOf(invoice: unknown): string | undefined {
  const details = at(invoice, "parent", "subscription_details", "subscription");
  return referenceTo(at(invoice, "subscription")) ?? referenceTo(details);
}

/** `items` have a price since 2020; older payloads have a plan there, or on the subscription itself. */
function planOf(subscription: unknown): string {
  const item = at(subscription, "items", "data", 0);
  const plan = at(item, "price") ?? at(item, "plan") ?? at(subscription, "plan");
  const id = referenceTo(plan);
  if (id === undefined) throw new InvalidPayload("data.object.items.data[0].price.id", "expected the id of a price");
  return id;
}

function endOf(subscription: unknown, event: ProjectableEvent): unknown {
  return at(subscription, "ended_at") ?? at(subscription, "canceled_at") ?? at(event.payload, "created");
}

function auditRow(event: ProjectableEvent, action: string, details: Record<string, Json>): Change {
  return {
    table: "audit_logs",
    key: { source_event: `stripe:${event.eventKey}` },
    values: { action, details, created_at: event.occurredAt ?? event.receivedAt },
    version: versionOf(event),
  };
}

function required(object: unknown, field: string): string {
  const text = referenceTo(at(object, field));
  if (text === undefined) throw new InvalidPayload(`data.object.${field}`, "expected text that is not empty");
  return text;
}

function requiredTime(object: unknown, field: string): string {
  const time = isoFromUnix(at(object, field));
  if (time === undefined) throw new InvalidPayload(`data.object.${field}`, "expected a time in unix seconds");
  return time;
}

/** Stripe writes a related object as its id, or as the whole object when the endpoint expands it. */
function referenceTo(value: unknown): string | undefined {
  const id = typeof value === "object" ? at(value, "id") : value;
  return typeof id === "string" ? idFrom(id) : undefined;
}
