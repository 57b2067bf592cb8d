/**
 * Whom a Shopify event is about and how much money, in the shop's own currency. Amounts are text with decimals: an order is
 * worth its total, or what is still due of it, or what was refunded so far; a cancelled one counts for nothing.
 * https://shopify.dev/docs/api/admin-rest/latest/resources/order
 */
import { minorUnits } from "@/lib/contract/money";
import { type HeaderPairs, header, type Money, type SummarisedEvent, type Summary } from "../provider";
import { at, idFrom } from "../shape";
import { isPrivacyTopic } from "./rows";

export function shopifySummary({ eventType, payload, headers = [] }: SummarisedEvent): Summary {
  const kind = kindOf(eventType);
  const isPrivacy = isPrivacyTopic(eventType);
  const customer = kind === "customer" && !isPrivacy ? payload : at(payload, "customer");
  const customerId = idFrom(at(customer, "id"));
  const money = moneyOf(kind, payload);
  return {
    ...(customerId !== undefined && { customerId }),
    ...(kind !== undefined && { objectType: kind }),
    ...(money && { money }),
    searchable: [
      ...idsIn(headers),
      ...(isPrivacy ? [] : [idFrom(at(payload, "id")), idFrom(at(payload, "order_id"))]),
      // A privacy request names a person in order that they are forgotten.
      ...(isPrivacy ? [] : [at(payload, "name"), at(payload, "order_number"), at(payload, "confirmation_number")]),
      ...(isPrivacy ? [] : [...contactIn(payload), ...contactIn(customer)]),
    ],
  };
}

/** `admin.shopify.com/store/alder/orders/592…` and `alder.myshopify.com/admin/orders/592…`. */
export function shopifyIdIn({ hostname, pathname }: URL): string | undefined {
  if (hostname !== "admin.shopify.com" && !hostname.endsWith(".myshopify.com")) return undefined;
  const [, kind, id] = /\/(orders|customers|products|checkouts|draft_orders)\/(\d{1,25})(?:\/|$)/.exec(pathname) ?? [];
  return kind === "customers" ? id : kind && id && `${kind.replace(/s$/, "")}:${id}`;
}

/** Both families of headers: people copy these ids from Shopify's log of deliveries. */
function idsIn(headers: HeaderPairs): unknown[] {
  const names = ["shopify-event-id", "shopify-webhook-id"];
  return [...new Set(names.flatMap((name) => [header({ headers }, `x-${name}`), header({ headers }, name)]))];
}

/** `orders/create` is about an order, `order_transactions/create` about an order_transaction. */
function kindOf(topic: string): string | undefined {
  const [kind = ""] = topic.toLowerCase().split("/");
  return /^[a-z_]+$/.test(kind) && topic.includes("/") ? kind.replace(/s$/, "") : undefined;
}

function contactIn(person: unknown): unknown[] {
  return ["email", "contact_email", "phone", "first_name", "last_name"].map((field) => at(person, field));
}

function moneyOf(kind: string | undefined, payload: unknown): Money | undefined {
  const id = idFrom(at(payload, "id"));
  if (id === undefined) return undefined;
  const object = `${kind}:${id}`;
  const order = idFrom(at(payload, "order_id"));
  const sameAs = order === undefined ? [] : [`order:${order}`];
  switch (kind) {
    case "order":
      return orderMoney(payload, object);
    case "refund":
      return refundMoney(payload, object, sameAs);
    case "order_transaction":
      return transactionMoney(payload, object, sameAs);
    case "dispute":
      return money(at(payload, "amount"), at(payload, "currency"), "disputed", object, sameAs);
    case "checkout":
    case "draft_order":
      return money(at(payload, "total_price"), at(payload, "currency"), "open", object);
    default:
      return undefined;
  }
}

function orderMoney(order: unknown, object: string): Money | undefined {
  const currency = at(order, "currency");
  const whole = minorUnits(at(order, "total_price"), currency);
  const of = (amount: number | undefined, kind: Money["kind"]) =>
    withCurrency(amount ?? whole, currency, kind, object, [], whole);
  if (typeof at(order, "cancelled_at") === "string") return of(whole, "cancelled");
  switch (at(order, "financial_status")) {
    case "pending":
      return of(minorUnits(at(order, "total_outstanding"), currency) || whole, "due");
    case "partially_paid":
      return of(minorUnits(at(order, "total_outstanding"), currency), "due");
    case "authorized":
      return of(whole, "authorised");
    case "expired":
    case "voided":
      return of(whole, "cancelled");
    case "refunded":
    case "partially_refunded":
      return of(refundedOf(order), "refunded");
    default:
      return of(whole, "paid");
  }
}

function refundedOf(order: unknown): number | undefined {
  const refunds = at(order, "refunds");
  const parts = Array.isArray(refunds) ? refunds.map((refund) => refundMoney(refund, "", [])?.amount) : [];
  const sum = parts.reduce<number>((total, part) => total + (part ?? 0), 0);
  return sum > 0 ? sum : undefined;
}

/** What went back to the customer: its transactions, not the lines that were returned. */
function refundMoney(refund: unknown, object: string, sameAs: string[]): Money | undefined {
  const transactions = at(refund, "transactions");
  const paidBack = (Array.isArray(transactions) ? transactions : []).filter(
    (one) => at(one, "kind") === "refund" && ["success", undefined].includes(at(one, "status") as string | undefined),
  );
  const currency = at(paidBack[0], "currency");
  const amounts = paidBack.map((one) => minorUnits(at(one, "amount"), currency));
  if (amounts.length === 0 || amounts.includes(undefined)) return undefined;
  const sum = (amounts as number[]).reduce((total, amount) => total + amount, 0);
  return withCurrency(sum, currency, "refunded", object, sameAs);
}

const TRANSACTION_KINDS: Readonly<Record<string, Money["kind"]>> = {
  sale: "paid",
  capture: "paid",
  authorization: "authorised",
  refund: "refunded",
  void: "cancelled",
};

function transactionMoney(transaction: unknown, object: string, sameAs: string[]): Money | undefined {
  const status = at(transaction, "status");
  const isOff = status === "failure" || status === "error";
  const kind = TRANSACTION_KINDS[String(at(transaction, "kind"))];
  const now = isOff ? "failed" : status === "pending" ? "due" : kind;
  return now && money(at(transaction, "amount"), at(transaction, "currency"), now, object, sameAs);
}

function money(written: unknown, currency: unknown, kind: Money["kind"], object: string, sameAs: string[] = []) {
  return withCurrency(minorUnits(written, currency), currency, kind, object, sameAs);
}

function withCurrency(
  amount: number | undefined,
  currency: unknown,
  kind: Money["kind"],
  object: string,
  sameAs: string[],
  whole = amount,
): Money | undefined {
  if (amount === undefined || typeof currency !== "string") return undefined;
  return { amount, currency: currency.toLowerCase(), kind, object, sameAs, ...(whole !== undefined && { whole }) };
}
