/**
 * Shopify's GraphQL Admin API, as far as reconciliation asks it: lists by time, deletions, webhook subscriptions and the budget
 * of points. Not a GraphQL server: it knows the client's questions by their form. Strict where Shopify is: a list ends after
 * 25,000 objects, a filter it does not know is ignored with a warning, and customers are filtered by whole days.
 * https://shopify.dev/docs/api/admin-graphql/latest
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export type ShopifyList = "orders" | "customers" | "products";

/** As the API prints it; `isClosed` is what only `status:any` lists. */
export interface ShopifyObject {
  id: string;
  createdAt: string;
  updatedAt: string;
  isClosed?: boolean;
  [field: string]: unknown;
}

export interface ShopifySubscription {
  id: string;
  topic: string;
  uri: string;
  includeFields: string[];
  filter: string | null;
}

export interface ShopifyFake extends FakeServer {
  objects: Record<ShopifyList, ShopifyObject[]>;
  deletions: { createdAt: string; subjectId: string; subjectType: string }[];
  subscriptions: ShopifySubscription[];
  token: string;
  shop: string;
  /** Points that are left; undefined: as many as are wanted. */
  points?: number;
  losesList: boolean;
}

const MOST_OBJECTS = 25_000;
const RESTORE_RATE = 100;
/** Per list, as the schema of 2026-07 has them. */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  orders: ["created_at", "updated_at", "status"],
  customers: ["customer_date", "updated_at"],
  products: ["created_at", "updated_at"],
  events: ["created_at", "action"],
};
const FIELDS: Readonly<Record<string, string>> = {
  created_at: "createdAt",
  customer_date: "createdAt",
  updated_at: "updatedAt",
};

export async function startShopify(shop = "alder-outfitters.myshopify.com"): Promise<ShopifyFake> {
  const server = await startFakeServer("x-request-id", (request) => answer(request));
  const fake: ShopifyFake = {
    ...server,
    objects: { orders: [], customers: [], products: [] },
    deletions: [],
    subscriptions: [],
    token: "shpat_fakeAdminToken0123456789",
    shop,
    losesList: false,
  };
  return fake;

  function answer({ method, path, headers, body }: FakeRequest): FakeAnswer {
    if (headers["x-shopify-access-token"] !== fake.token) {
      const errors = "[API] Invalid API key or access token (unrecognized login or wrong password)";
      return { status: 401, json: { errors } };
    }
    if (method !== "POST" || !/^\/admin\/api\/\d{4}-\d\d\/graphql\.json$/.test(path)) return { status: 404, json: {} };
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
    const cost = Number(/first: (\d+)/.exec(query)?.[1] ?? 10);
    if (fake.points !== undefined && fake.points < cost) return throttled(cost);
    const [, name = ""] = /^(?:query|mutation) (\w+)/.exec(query) ?? [];
    const extensions: Record<string, unknown> = { cost: costOf(cost) };
    const known = answers()[name.toLowerCase()];
    return known ? known(query, variables, extensions) : refused("The question is not known.");
  }

  function throttled(cost: number): FakeAnswer {
    const errors = [{ message: "Throttled", extensions: { code: "THROTTLED" } }];
    return { json: { errors, extensions: { cost: { ...costOf(cost), actualQueryCost: null } } } };
  }

  function costOf(requestedQueryCost: number) {
    const throttleStatus = {
      maximumAvailable: 2000,
      currentlyAvailable: fake.points ?? 2000,
      restoreRate: RESTORE_RATE,
    };
    return { requestedQueryCost, actualQueryCost: requestedQueryCost, throttleStatus };
  }

  function listed(
    question: string,
    variables: Record<string, unknown>,
    extensions: Record<string, unknown>,
  ): FakeAnswer {
    const [, name = "", first = "", sortKey = ""] =
      /(\w+)\(first: (\d+), after: \$after, query: \$query, sortKey: (\w+)\)/.exec(question) ?? [];
    const query = String(variables.query);
    const unknown = [...query.matchAll(/(\w+):/g)]
      .map(([, field]) => field as string)
      .filter((field) => !/^\d/.test(field) && !FILTERS[name]?.includes(field) && !isTime(query, field));
    const warnings = unknown.map((field) => ({ field, message: `Invalid search field for this query.` }));
    if (warnings.length > 0) extensions.search = [{ path: [name], query, warnings }];
    const all = name === "events" ? fake.deletions.map(eventOf) : fake.objects[name as ShopifyList];
    const found = all
      .filter((object) => matches(name, query, object))
      .sort((a, b) => (String(a[sortedBy(sortKey)]) < String(b[sortedBy(sortKey)]) ? -1 : 1));
    const from = variables.after === null ? 0 : Number(Buffer.from(String(variables.after), "base64").toString()) + 1;
    if (from >= MOST_OBJECTS) return refused("Pagination ends after 25,000 objects.");
    const nodes = found.slice(from, from + Number(first));
    const last = from + nodes.length - 1;
    const pageInfo = {
      hasNextPage: found.length > last + 1,
      endCursor: nodes.length > 0 ? Buffer.from(String(last)).toString("base64") : null,
    };
    const data = {
      [name]: fake.losesList ? { pageInfo } : { nodes: nodes.map(printed), pageInfo },
      ...(question.includes("@include(if: $isFirst)") && {
        [`${name}Count`]: variables.isFirst ? { count: Math.min(found.length, MOST_OBJECTS + 1) } : undefined,
      }),
    };
    return { json: { data, extensions } };
  }

  function answers(): Record<
    string,
    (question: string, variables: Record<string, unknown>, extensions: Record<string, unknown>) => FakeAnswer
  > {
    return {
      list: listed,
      deleted: listed,
      one(question, { id }) {
        const [, name = ""] = /\{ (order|customer|product)\(id: \$id\)/.exec(question) ?? [];
        const object = fake.objects[`${name}s` as ShopifyList].find((one) => one.id === id);
        return { json: { data: { [name]: object ? printed(object) : null } } };
      },
      shop: () => ({ json: { data: { shop: { myshopifyDomain: fake.shop } } } }),
      subscriptions: () => ({ json: { data: { webhookSubscriptions: { nodes: fake.subscriptions } } } }),
      subscribe(_question, { topic, input }) {
        const id = `gid://shopify/WebhookSubscription/${fake.subscriptions.length + 100}`;
        const { uri } = input as { uri: string };
        fake.subscriptions.push({ id, topic: String(topic), uri, includeFields: [], filter: null });
        return { json: { data: { webhookSubscriptionCreate: { userErrors: [] } } } };
      },
      change(_question, { id, input }) {
        const subscription = fake.subscriptions.find((one) => one.id === id);
        const userErrors = subscription ? [] : [{ message: "Webhook subscription does not exist" }];
        if (subscription) Object.assign(subscription, input);
        return { json: { data: { webhookSubscriptionUpdate: { userErrors } } } };
      },
    };
  }
}

function refused(message: string): FakeAnswer {
  return { json: { errors: [{ message }] } };
}

function isTime(query: string, field: string): boolean {
  return new RegExp(`'[^']*${field}:[^']*'`).test(query);
}

function matches(name: string, query: string, object: Record<string, unknown>): boolean {
  if (name === "orders" && object.isClosed === true && !query.includes("status:any")) return false;
  if (name === "events" && !query.includes("action:destroy")) return false;
  const terms = [...query.matchAll(/(\w+):(>=|<)'([^']+)'/g)];
  return terms.every(([, field = "", operator, time = ""]) => {
    if (!FILTERS[name]?.includes(field)) return true;
    const whole = name === "customers";
    const bound = whole
      ? operator === ">="
        ? `${time.slice(0, 10)}T00:00:00Z`
        : `${time.slice(0, 10)}T23:59:59Z`
      : time;
    const value = String(object[FIELDS[field] as string]);
    return operator === ">=" ? value >= bound : value < bound;
  });
}

function eventOf({ createdAt, subjectId, subjectType }: ShopifyFake["deletions"][number]): ShopifyObject {
  return { id: subjectId, action: "destroy", createdAt, updatedAt: createdAt, subjectId, subjectType };
}

function sortedBy(sortKey: string): string {
  return sortKey === "UPDATED_AT" ? "updatedAt" : "createdAt";
}

function printed({ isClosed: _, ...object }: Record<string, unknown>): Record<string, unknown> {
  return object;
}
