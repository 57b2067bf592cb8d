/**
 * The rows that Shopify events keep up to date: `orders`, `customers`, and `privacy_requests`, whose trigger erases a
 * person's data. Rows belong to the organisation and company (the shop) of their event. The topic is not signed, so the
 * values of a row are read from the body alone.
 */
import { type Change, InvalidPayload, type Json, type ProjectableEvent, toMicroseconds, versionOf } from "../provider";
import { at, idFrom, isoFrom, objectIn, present, textFrom } from "../shape";
import { contactHashes } from "./people";

type Row = (event: ProjectableEvent) => Change[];

/** https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance */
const PRIVACY_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"] as const;

export function isPrivacyTopic(topic: string): boolean {
  return (PRIVACY_TOPICS as readonly string[]).includes(topic);
}

const forgotten =
  (rows: Row): Row =>
  (event) =>
    at(event.payload, "redacted") === undefined ? rows(event) : [];

/** A redacted event is one whose person asked to be forgotten: it no longer writes rows. */
export const shopifyProjections: Readonly<Record<string, Row>> = {
  "orders/create": forgotten(orderRows),
  "orders/updated": forgotten(orderRows),
  "orders/paid": forgotten(orderRows),
  "orders/partially_fulfilled": forgotten(orderRows),
  "orders/fulfilled": forgotten(orderRows),
  "orders/cancelled": forgotten(orderRows),
  "orders/delete": forgotten((event) => [deletedRow(event, "orders", "order_id")]),
  "customers/create": forgotten(customerRows),
  "customers/update": forgotten(customerRows),
  "customers/enable": forgotten(customerRows),
  "customers/disable": forgotten(customerRows),
  "customers/delete": forgotten((event) => [deletedRow(event, "customers", "customer_id")]),
  "customers/data_request": (event) => [
    privacyRow(event, "customers/data_request", {
      customer_id: requiredId(at(event.payload, "customer", "id"), "customer.id"),
      order_ids: idList(event, "orders_requested"),
    }),
  ],
  "customers/redact": (event) => [
    privacyRow(event, "customers/redact", {
      customer_id: requiredId(at(event.payload, "customer", "id"), "customer.id"),
      order_ids: idList(event, "orders_to_redact"),
    }),
  ],
  "shop/redact": (event) => {
    // The topic is not signed: an attacker must not resend a customer's request as one that erases the whole shop.
    if (at(event.payload, "customer") !== undefined)
      throw new InvalidPayload("customer", "expected none in shop/redact");
    return [privacyRow(event, "shop/redact", { customer_id: null, order_ids: [] })];
  },
};

/** Every order event carries the whole order, so each writes all columns and the latest state is complete. */
function orderRows(event: ProjectableEvent): Change[] {
  const order = objectIn(event);
  return [
    {
      table: "orders",
      key: keyOf(event, "order_id", order),
      values: {
        ...shopOf(event),
        customer_id: idFrom(at(order, "customer", "id")) ?? null,
        name: textFrom(at(order, "name"), 255) ?? null,
        email: textFrom(at(order, "email"), 255) ?? null,
        phone: textFrom(at(order, "phone"), 255) ?? null,
        financial_status: textFrom(at(order, "financial_status"), 255) ?? null,
        fulfillment_status: textFrom(at(order, "fulfillment_status"), 255) ?? null,
        currency: textFrom(at(order, "currency"), 255) ?? null,
        total_price: moneyOf(order, "total_price"),
        ordered_at: isoFrom(at(order, "created_at")) ?? null,
        cancelled_at: isoFrom(at(order, "cancelled_at")) ?? null,
      },
      version: stateVersion(event, order, orderRank(order)),
    },
  ];
}

function customerRows(event: ProjectableEvent): Change[] {
  const customer = objectIn(event);
  return [
    {
      table: "customers",
      key: keyOf(event, "customer_id", customer),
      values: {
        ...shopOf(event),
        email: textFrom(at(customer, "email"), 255) ?? null,
        phone: textFrom(at(customer, "phone"), 255) ?? null,
        first_name: textFrom(at(customer, "first_name"), 255) ?? null,
        last_name: textFrom(at(customer, "last_name"), 255) ?? null,
        ...present({ state: textFrom(at(customer, "state"), 255) }),
      },
      version: stateVersion(event, customer),
    },
  ];
}

function deletedRow(event: ProjectableEvent, table: string, column: string): Change {
  return {
    table,
    key: keyOf(event, column, objectIn(event)),
    values: { ...shopOf(event), deleted_at: event.occurredAt ?? event.receivedAt },
    version: versionOf(event),
  };
}

/** The request, with the address and number of the person as hashes. An event that was redacted has only those. */
function privacyRow(event: ProjectableEvent, kind: (typeof PRIVACY_TOPICS)[number], who: Record<string, Json>): Change {
  const shop = textFrom(at(objectIn(event), "shop_domain"), 255)
    ?.trim()
    .toLowerCase();
  if (shop === undefined) throw new InvalidPayload("shop_domain", "expected the domain of a shop");
  return {
    table: "privacy_requests",
    key: { ...scopeOf(event), source_event: `shopify:${event.eventKey}` },
    values: {
      ...{ kind, shop_domain: shop, ...who },
      ...(who.customer_id !== null && { contact_hashes: contactsIn(event, shop) }),
      requested_at: event.occurredAt ?? event.receivedAt,
    },
    version: versionOf(event),
  };
}

function contactsIn({ payload }: ProjectableEvent, shop: string): string[] {
  const kept = at(payload, "contact_hashes");
  if (Array.isArray(kept)) return kept.filter((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
  const [email, phone] = ["email", "phone"].map((field) => textFrom(at(payload, "customer", field), 255));
  return contactHashes(shop, { email, phone });
}

/** Money is text until Postgres reads it as numeric: exact, whatever its size. */
function moneyOf(order: object, field: string): Json {
  const written = at(order, field);
  if (written === undefined || written === null) return null;
  const text = typeof written === "number" ? String(written) : written;
  if (typeof text !== "string" || !/^-?\d{1,30}(\.\d{1,10})?$/.test(text)) {
    throw new InvalidPayload(field, "expected an amount such as 12.50");
  }
  return text;
}

/**
 * `updated_at` is signed and shows which state is newer, in whole seconds. Within one second, the sending time tells two states
 * apart: it is not signed, so it counts no further than that.
 */
function stateVersion(event: ProjectableEvent, object: object, rank = 0): string {
  const finer = event.occurredAt && toMicroseconds(event.occurredAt);
  return versionOf({ ...event, occurredAt: isoFrom(at(object, "updated_at")) ?? event.occurredAt }, { finer, rank });
}

const PAYMENT_RANK = ["pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided"];
const FULFILMENT_RANK = ["partial", "fulfilled", "restocked"];

/** Of two states that were sent at the same time, too, the more advanced one is the later one. */
function orderRank(order: object): number {
  const payment = Math.max(0, PAYMENT_RANK.indexOf(String(at(order, "financial_status"))));
  const fulfilment = 1 + FULFILMENT_RANK.indexOf(String(at(order, "fulfillment_status")));
  return payment + fulfilment * 10 + (isoFrom(at(order, "cancelled_at")) === undefined ? 0 : 50);
}

function keyOf(event: ProjectableEvent, column: string, object: object): Record<string, string> {
  return { ...scopeOf(event), [column]: requiredId(at(object, "id"), "id") };
}

/** Whose row it is, through whatever source and organisation: a privacy request goes by it. */
function shopOf(event: ProjectableEvent): Record<string, Json> {
  return present({
    shop: textFrom(event.shop ?? event.settings?.shop, 255)
      ?.trim()
      .toLowerCase(),
  });
}

function scopeOf(event: ProjectableEvent): Record<string, string> {
  return { organisation_id: event.organisationId ?? "", company_id: event.companyId ?? "" };
}

function requiredId(value: unknown, field: string): string {
  const id = idFrom(value);
  if (id === undefined) throw new InvalidPayload(field, "expected an id");
  return id;
}

/** Required, because it distinguishes the privacy topics in the signed body. */
function idList(event: ProjectableEvent, field: string): string[] {
  const list = at(event.payload, field);
  if (!Array.isArray(list)) throw new InvalidPayload(field, "expected a list of order ids");
  return list.map((id, index) => requiredId(id, `${field}[${index}]`));
}
