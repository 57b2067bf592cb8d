/**
 * Shopify's objects as its GraphQL API lists them, and as the bodies of its webhooks have them. The two shapes differ: a body
 * has here what its rows, its summary and most receivers read, and neither lines nor addresses.
 */
import { decimalsOf } from "@/lib/contract/money";
import { membersOf } from "../json-bytes";
import type { Json } from "../provider";
import { at, idFrom, isoFrom } from "../shape";

export interface Kind {
  /** In the GraphQL API: `orders`. */
  list: string;
  created: { topic: string; filter: string };
  updated: { topic: string };
  deletedTopic: string;
  fields: string;
  pageSize: number;
  /** How many objects of the API one has, itself included. */
  objectsEach: number;
  bodyOf(object: unknown): Record<string, Json | undefined>;
}

const PERSON = "id firstName lastName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } state";

export const KINDS: Readonly<Record<"orders" | "customers" | "products", Kind>> = {
  orders: {
    list: "orders",
    created: { topic: "orders/create", filter: "created_at" },
    updated: { topic: "orders/updated" },
    deletedTopic: "orders/delete",
    fields: `id name email phone createdAt updatedAt cancelledAt currencyCode displayFinancialStatus displayFulfillmentStatus
      test confirmationNumber totalPriceSet { shopMoney { amount } } totalOutstandingSet { shopMoney { amount } }
      customer { ${PERSON} }`,
    pageSize: 100,
    objectsEach: 8,
    bodyOf: orderBody,
  },
  customers: {
    list: "customers",
    // Its list does not know created_at, and would ignore it.
    created: { topic: "customers/create", filter: "customer_date" },
    updated: { topic: "customers/update" },
    deletedTopic: "customers/delete",
    fields: `${PERSON} verifiedEmail tags note createdAt updatedAt`,
    pageSize: 250,
    objectsEach: 3,
    bodyOf: customerBody,
  },
  products: {
    list: "products",
    created: { topic: "products/create", filter: "created_at" },
    updated: { topic: "products/update" },
    deletedTopic: "products/delete",
    fields: "id title vendor productType handle status tags createdAt updatedAt publishedAt",
    pageSize: 250,
    objectsEach: 1,
    bodyOf: productBody,
  },
};

/** The digits of `gid://shopify/Order/592`. */
export function digitsOf(gid: unknown): string | undefined {
  return typeof gid === "string" ? /^gid:\/\/shopify\/\w+\/(\d+)/.exec(gid)?.[1] : undefined;
}

/** A number, as webhooks have it, unless JavaScript would change its digits. */
export function numberOf(digits: string | undefined): Json | undefined {
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}

/**
 * What the webhook of an object has in common with the object itself, by the body of the webhook and its topic. A state is
 * named by its time; creation and deletion happen once. Undefined for what the API does not list.
 */
export function logicalKeyOf(topic: string, read: (member: string) => unknown): string | undefined {
  const kind = Object.values(KINDS).find(({ list }) => topic.startsWith(`${list}/`));
  const id = digitsOf(read("admin_graphql_api_id")) ?? idFrom(read("id"));
  if (kind === undefined || id === undefined) return undefined;
  if (topic === kind.created.topic || topic === kind.deletedTopic) return `${topic}:${id}`;
  const updatedAt = isoFrom(read("updated_at"));
  return topic === kind.updated.topic && updatedAt ? stateKey(topic, id, updatedAt) : undefined;
}

/** The members of a body. A payload that was not parsed is large: its bytes are read instead. */
export function memberReader(content: Buffer, payload: unknown): (name: string) => unknown {
  if (typeof payload === "object" && payload !== null) return (name) => at(payload, name);
  const members = membersOf(content);
  return (name) => {
    const text = members.get(name)?.toString("utf8") ?? "";
    return /^\d+$/.test(text) ? text : /^"([^"\\]*)"$/.exec(text)?.[1];
  };
}

/** REST and GraphQL write whole seconds. */
export function stateKey(topic: string, id: string, updatedAt: string): string {
  return `${topic}:${id}:${updatedAt.slice(0, 19)}Z`;
}

function orderBody(order: unknown): Record<string, Json | undefined> {
  const currency = at(order, "currencyCode") as Json;
  const customer = at(order, "customer");
  return {
    id: numberOf(digitsOf(at(order, "id"))),
    admin_graphql_api_id: at(order, "id") as Json,
    ...copied(order, ["name", "email", "phone"]),
    confirmation_number: at(order, "confirmationNumber") as Json,
    ...timesOf(order),
    cancelled_at: (at(order, "cancelledAt") ?? null) as Json,
    currency,
    total_price: amountIn(at(order, "totalPriceSet"), currency),
    total_outstanding: amountIn(at(order, "totalOutstandingSet"), currency),
    financial_status: lower(at(order, "displayFinancialStatus")),
    fulfillment_status: FULFILMENT[String(at(order, "displayFulfillmentStatus"))] ?? null,
    test: at(order, "test") as Json,
    customer: customer ? personBody(customer) : null,
  };
}

/** The API has more words than webhooks, which say nothing until something was fulfilled. */
const FULFILMENT: Readonly<Record<string, string>> = {
  FULFILLED: "fulfilled",
  PARTIALLY_FULFILLED: "partial",
  RESTOCKED: "restocked",
};

function customerBody(customer: unknown): Record<string, Json | undefined> {
  return {
    ...personBody(customer),
    verified_email: at(customer, "verifiedEmail") as Json,
    tags: tagsOf(customer),
    note: (at(customer, "note") ?? null) as Json,
    ...timesOf(customer),
  };
}

function personBody(customer: unknown): Record<string, Json | undefined> {
  return {
    id: numberOf(digitsOf(at(customer, "id"))),
    admin_graphql_api_id: at(customer, "id") as Json,
    email: (at(customer, "defaultEmailAddress", "emailAddress") ?? null) as Json,
    phone: (at(customer, "defaultPhoneNumber", "phoneNumber") ?? null) as Json,
    first_name: (at(customer, "firstName") ?? null) as Json,
    last_name: (at(customer, "lastName") ?? null) as Json,
    state: lower(at(customer, "state")),
  };
}

function productBody(product: unknown): Record<string, Json | undefined> {
  return {
    id: numberOf(digitsOf(at(product, "id"))),
    admin_graphql_api_id: at(product, "id") as Json,
    ...copied(product, ["title", "vendor", "handle"]),
    product_type: at(product, "productType") as Json,
    status: lower(at(product, "status")),
    tags: tagsOf(product),
    ...timesOf(product),
    published_at: (at(product, "publishedAt") ?? null) as Json,
  };
}

function copied(object: unknown, names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(names.map((name) => [name, (at(object, name) ?? null) as Json]));
}

function timesOf(object: unknown): Record<string, Json | undefined> {
  return { created_at: at(object, "createdAt") as Json, updated_at: at(object, "updatedAt") as Json };
}

function tagsOf(object: unknown): Json {
  const tags = at(object, "tags");
  return Array.isArray(tags) ? tags.join(", ") : "";
}

function lower(word: unknown): Json {
  return typeof word === "string" ? word.toLowerCase() : null;
}

/** `84.5` as webhooks write it: `84.50`, and `100.0` yen as `100`. */
function amountIn(bag: unknown, currency: unknown): Json {
  const amount = at(bag, "shopMoney", "amount");
  if (typeof amount !== "string") return null;
  const [whole = "", fraction = ""] = amount.split(".");
  const kept = fraction.replace(/0+$/, "").padEnd(decimalsOf(String(currency)), "0");
  return kept === "" ? whole : `${whole}.${kept}`;
}
