/**
 * The rows that Stripe events keep up to date: `subscriptions`, `audit_logs`, one per event, and of `businesses`, one per
 * customer, when they last paid. What else a business has is derived from its subscriptions in SQL (derive_business).
 * Reads both payload shapes, before and after API version 2025-03-31.basil
 * (https://docs.stripe.com/changelog/basil): the version is chosen by the endpoint, not by us.
 */
import { type Change, InvalidPayload, type Json, type ProjectableEvent, versionOf } from "../provider";
import { at, isoFromUnix, objectIn } from "../shape";
import { referenceTo } from "./reference";
import { stateOf } from "./state";

type Row = (event: ProjectableEvent) => Change[];

/** Of two events of one second: created, then what changes it, then deleted. */
const CREATED = 0;
const CHANGED = 1;
const DELETED = 2;

export const stripeProjections: Readonly<Record<string, Row>> = {
  "customer.subscription.created": (event) => subscriptionRows(event, "subscription_created", CREATED),
  "customer.subscription.updated": (event) => subscriptionRows(event, "subscription_updated", CHANGED),
  "customer.subscription.paused": (event) => subscriptionRows(event, "subscription_paused", CHANGED),
  "customer.subscription.resumed": (event) => subscriptionRows(event, "subscription_resumed", CHANGED),
  "customer.subscription.deleted": (event) => subscriptionRows(event, "subscription_deleted", DELETED),
  "invoice.payment_succeeded": (event) => paidRows(event, "payment_succeeded"),
  // Also without a payment_succeeded: an invoice that was paid outside of Stripe.
  "invoice.paid": (event) => paidRows(event, "invoice_paid"),
  "invoice.payment_failed": paymentFailedRows,
  "checkout.session.completed": (event) => checkoutRows(event, "checkout_completed"),
  "checkout.session.async_payment_succeeded": (event) => checkoutRows(event, "checkout_payment_succeeded"),
  "checkout.session.async_payment_failed": (event) => checkoutRows(event, "checkout_payment_failed"),
  "checkout.session.expired": (event) => checkoutRows(event, "checkout_expired"),
};

function subscriptionRows(event: ProjectableEvent, action: string, rank: number): Change[] {
  const object = objectIn(event, "data", "object");
  const ended = action === "subscription_deleted" ? endOf(object, event) : undefined;
  const subscriptionId = required(object, "id");
  const values = { ...columnsOf(object), ...(ended && { ended_at: ended }) };
  const subscription: Change = {
    table: "subscriptions",
    key: { subscription_id: subscriptionId },
    // Every subscription event carries the whole state, so each writes all columns and the latest one is complete.
    values,
    version: versionOf(event, { rank }),
    state: stateOf(event, object, columnsOf),
  };
  const { stripe_customer_id: customer_id, plan: plan_id, status } = values;
  return [subscription, auditRow(event, action, { subscription_id: subscriptionId, customer_id, plan_id, status })];
}

function columnsOf(subscription: object) {
  return {
    stripe_customer_id: required(subscription, "customer"),
    status: required(subscription, "status"),
    plan: planOf(subscription),
    started_at: requiredTime(subscription, "created"),
    ended_at: isoFromUnix(at(subscription, "ended_at")) ?? null,
  };
}

/**
 * Writes when the customer last paid. The subscription's status is not changed: an invoice does not have it, and
 * `customer.subscription.updated` brings it.
 */
function paidRows(event: ProjectableEvent, action: string): Change[] {
  const invoice = objectIn(event, "data", "object");
  const audit = auditRow(event, action, invoiceDetails(invoice, "amount_paid"));
  if (subscriptionOf(invoice) === undefined || !isPayment(invoice)) return [audit];
  const paidAt = isoFromUnix(at(invoice, "status_transitions", "paid_at")) ?? requiredTime(invoice, "created");
  const business: Change = {
    table: "businesses",
    key: { stripe_customer_id: required(invoice, "customer") },
    values: { last_payment_date: paidAt },
    // The date itself decides, not the time of the event: an older payment never counts as the last one.
    version: versionOf({ ...event, occurredAt: paidAt }),
  };
  return [business, audit];
}

/** An invoice over nothing, such as a trial's, is marked as paid without a payment. */
function isPayment(invoice: object): boolean {
  const isMore = (field: string) => Number(at(invoice, field)) > 0;
  return isMore("amount_paid") || (at(invoice, "paid_out_of_band") === true && isMore("amount_due"));
}

/** A session has no state of a subscription: `customer.subscription.created` and `invoice.paid` bring it. */
function checkoutRows(event: ProjectableEvent, action: string): Change[] {
  const session = objectIn(event, "data", "object");
  const amount = at(session, "amount_total");
  const details = {
    checkout_session_id: required(session, "id"),
    customer_id: referenceTo(at(session, "customer")) ?? null,
    subscription_id: referenceTo(at(session, "subscription")) ?? null,
    mode: referenceTo(at(session, "mode")) ?? null,
    payment_status: referenceTo(at(session, "payment_status")) ?? null,
    amount: typeof amount === "number" ? amount : null,
    currency: referenceTo(at(session, "currency")) ?? null,
  };
  return [auditRow(event, action, details)];
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

function endOf(subscription: unknown, event: ProjectableEvent): string | undefined {
  return isoFromUnix(at(subscription, "ended_at") ?? at(subscription, "canceled_at") ?? at(event.payload, "created"));
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
