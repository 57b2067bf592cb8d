/**
 * Whom a Stripe event is about and how much money. An amount is the one of the event's object as the event leaves it, in the
 * minor unit that Stripe wrote: paid of an invoice or what is still due, refunded of a charge so far, captured of a payment.
 * Objects: https://docs.stripe.com/api/invoices/object and its neighbours, in the shapes before and after basil.
 */
import type { Money, SummarisedEvent, Summary } from "../provider";
import { at, idFrom } from "../shape";
import { referenceTo } from "./reference";

export function stripeSummary({ eventType, payload }: SummarisedEvent): Summary {
  const object = at(payload, "data", "object");
  const kind = idFrom(at(object, "object")) ?? idFrom(at(payload, "related_object", "type"));
  const money = moneyOf(kind ?? eventType, eventType, object);
  return {
    customerId: customerOf(eventType, object),
    ...(kind !== undefined && { objectType: kind }),
    ...(money && { money }),
    searchable: [
      at(object, "number"),
      at(object, "receipt_number"),
      at(object, "client_reference_id"),
      at(object, "metadata", "order_id"),
      ...(eventType.startsWith("customer.") ? contactIn(object) : []),
      at(object, "customer_email"),
      at(object, "customer_name"),
      at(object, "receipt_email"),
      ...contactIn(at(object, "customer_details")),
      ...contactIn(at(object, "billing_details")),
    ],
  };
}

/** A dashboard address ends in the id of what it shows: `…/test/events/evt_1`, `…/customers/cus_1`. */
export function stripeIdIn({ hostname, pathname }: URL): string | undefined {
  if (hostname !== "dashboard.stripe.com") return undefined;
  return pathname
    .split("/")
    .findLast((part) => /^[a-z]{2,12}_[A-Za-z0-9_]{1,250}$/.test(part) && !part.startsWith("acct_"));
}

function customerOf(eventType: string, object: unknown): string | undefined {
  const isCustomer = /^customer\.(created|updated|deleted)$/.test(eventType);
  return referenceTo(isCustomer ? at(object, "id") : at(object, "customer"));
}

function contactIn(person: unknown): unknown[] {
  return [at(person, "email"), at(person, "name"), at(person, "phone")];
}

type State = Pick<Money, "amount" | "kind" | "whole">;

/** By the object's own word for what it is; by the event's type where it does not say. */
const STATES: readonly [is: RegExp, state: (object: unknown, eventType: string) => State | undefined][] = [
  [/^invoice_payment\b/, invoicePaymentState],
  [/^invoice\b/, invoiceState],
  [/^(dispute$|charge\.dispute\.)/, disputeState],
  [/^(refund\b|charge\.refund\.)/, refundState],
  [/^charge\b/, chargeState],
  [/^payment_intent\b/, paymentState],
  [/^checkout\.session\b/, checkoutState],
];

function moneyOf(what: string, eventType: string, object: unknown): Money | undefined {
  const state = STATES.find(([is]) => is.test(what))?.[1](object, eventType);
  const currency = at(object, "currency");
  const id = referenceTo(at(object, "id"));
  // An upcoming invoice has no id: it is a forecast of the one that will come.
  if (!state || typeof currency !== "string" || id === undefined) return undefined;
  const others = [
    at(object, "payment_intent"),
    at(object, "charge"),
    at(object, "invoice"),
    at(object, "latest_charge"),
    at(object, "payment", "payment_intent"),
    at(object, "payment_details", "order_reference"),
  ];
  const sameAs = others.map(referenceTo).filter((other) => other !== undefined && /^(pi|ch|py|in)_/.test(other));
  return { ...state, currency: currency.toLowerCase(), object: id, sameAs: sameAs as string[] };
}

function invoiceState(invoice: unknown, eventType: string): State | undefined {
  const due = amountIn(invoice, "amount_due");
  const paid = amountIn(invoice, "amount_paid");
  const whole = due ?? amountIn(invoice, "total") ?? paid;
  const status = at(invoice, "status");
  const isOver = status === "void" || status === "uncollectible" || /\.(voided|deleted)$/.test(eventType);
  const isPaid =
    status === "paid" || at(invoice, "paid") === true || /^invoice\.(paid|payment_succeeded)$/.test(eventType);
  if (isPaid && !isOver) return stateOf(paid ?? due, "paid", whole);
  const rest = due !== undefined && paid !== undefined ? due - paid : (amountIn(invoice, "amount_remaining") ?? due);
  return stateOf(rest, isOver ? "cancelled" : "due", whole);
}

function invoicePaymentState(payment: unknown): State | undefined {
  if (at(payment, "status") === "canceled") return stateOf(amountIn(payment, "amount_requested"), "cancelled");
  const paid = amountIn(payment, "amount_paid");
  return paid === undefined ? stateOf(amountIn(payment, "amount_requested"), "due") : stateOf(paid, "paid");
}

/** Refunded is what was paid back so far: the charge itself carries the sum. */
function chargeState(charge: unknown, eventType: string): State | undefined {
  const whole = amountIn(charge, "amount");
  const refunded = amountIn(charge, "amount_refunded") ?? 0;
  const isCaptured = at(charge, "captured") !== false;
  if (/\.(failed)$/.test(eventType) || at(charge, "status") === "failed") return stateOf(whole, "failed");
  if (/\.expired$/.test(eventType)) return stateOf(whole, "cancelled");
  if (eventType === "charge.refunded" && !isCaptured) return stateOf(whole, "cancelled");
  if (eventType === "charge.refunded") return stateOf(refunded > 0 ? refunded : whole, "refunded", whole);
  if (!isCaptured) return stateOf(whole, "authorised");
  if (at(charge, "status") === "pending" || eventType === "charge.pending") return stateOf(whole, "due");
  // Before there was amount_captured, what was not captured counted as refunded.
  const captured = amountIn(charge, "amount_captured") ?? (whole === undefined ? undefined : whole - refunded);
  if (eventType === "charge.captured" || refunded === 0) return stateOf(captured, "paid", whole);
  return stateOf(refunded, "refunded", whole);
}

function refundState(refund: unknown, eventType: string): State | undefined {
  const status = at(refund, "status");
  const isOff = status === "failed" || status === "canceled" || eventType === "refund.failed";
  return stateOf(amountIn(refund, "amount"), isOff ? "failed" : "refunded");
}

/** A dispute that was won, or that never became one, takes no money. */
function disputeState(dispute: unknown): State | undefined {
  const isOff = ["won", "warning_closed", "prevented"].includes(String(at(dispute, "status")));
  return stateOf(amountIn(dispute, "amount"), isOff ? "cancelled" : "disputed");
}

function paymentState(payment: unknown, eventType: string): State | undefined {
  const whole = amountIn(payment, "amount");
  const received = amountIn(payment, "amount_received");
  const status = at(payment, "status");
  if (eventType === "payment_intent.succeeded" || status === "succeeded") {
    return stateOf(received !== undefined && received > 0 ? received : whole, "paid", whole);
  }
  if (eventType === "payment_intent.payment_failed") return stateOf(whole, "failed");
  if (eventType === "payment_intent.canceled" || status === "canceled") return stateOf(whole, "cancelled");
  if (eventType === "payment_intent.amount_capturable_updated" || status === "requires_capture") {
    return stateOf(amountIn(payment, "amount_capturable") ?? whole, "authorised", whole);
  }
  return stateOf(whole, status === "processing" || eventType === "payment_intent.processing" ? "due" : "open");
}

function checkoutState(session: unknown, eventType: string): State | undefined {
  const total = amountIn(session, "amount_total");
  if (/\.expired$/.test(eventType) || at(session, "status") === "expired") return stateOf(total, "cancelled");
  if (/\.async_payment_failed$/.test(eventType)) return stateOf(total, "failed");
  if (at(session, "status") === "open") return stateOf(total, "open");
  return stateOf(total, at(session, "payment_status") === "unpaid" ? "due" : "paid");
}

function stateOf(amount: number | undefined, kind: Money["kind"], whole = amount): State | undefined {
  return amount === undefined ? undefined : { amount, kind, ...(whole !== undefined && { whole }) };
}

function amountIn(object: unknown, field: string): number | undefined {
  const amount = at(object, field);
  return Number.isSafeInteger(amount) ? (amount as number) : undefined;
}
