import { FIXTURE_SHOP, type ShopifyType, shopifyBody } from "@/lib/providers/shopify/sample";
import { sign } from "../../../fixtures/sign";
import type { Expected, ProviderApiRow } from "../row";
import { type ShopifySubscription, startShopify } from "../shopify";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/shopify";
const TYPES = ["orders/create", "orders/updated", "customers/create", "customers/update", "orders/delete"] as const;
const MONTH_MS = 30 * 86_400_000;

export const row: ProviderApiRow = {
  provider: "shopify",
  // Five lists of 100 or 250 objects a page.
  perPage: 500,
  // The first page asks for the subscriptions, too.
  requestsPerPage: 2,
  resolutionMs: 1000,
  readableAfterSeconds: 600,
  limit: null,

  async start() {
    const fake = await startShopify(FIXTURE_SHOP);
    let count = 0;

    function make(type: (typeof TYPES)[number], time: Date, isClosed = false): Expected {
      count += 1;
      const digits = String(6_100_000_000_000 + count);
      const second = secondOf(time);
      const createdAt = type.endsWith("/create") ? second : secondOf(new Date(time.getTime() - MONTH_MS));
      const person = personOf(type.startsWith("customers") ? digits : "7731940223158");
      if (type === "orders/delete") {
        fake.deletions.push({ createdAt: second, subjectId: `gid://shopify/Order/${digits}`, subjectType: "ORDER" });
      } else if (type.startsWith("orders")) {
        fake.objects.orders.push(orderOf(digits, { createdAt, updatedAt: second, isClosed, customer: person }));
      } else {
        const own = { verifiedEmail: true, tags: [], note: null, createdAt, updatedAt: second };
        fake.objects.customers.push({ ...person, ...own });
      }
      const isState = type === "orders/updated" || type === "customers/update";
      const [kind = ""] = type.split("/");
      return {
        key: isState ? `${type}:${digits}:${second}` : `${type}:${digits}`,
        ...(type !== "orders/delete" && { id: `${kind.replace(/s$/, "")}:${digits}` }),
        eventType: type,
        occurredAt: second,
        webhook: webhookOf(type, digits, time, createdAt),
      };
    }

    const subscription = (topic: string, changes: Partial<ShopifySubscription> = {}): ShopifySubscription => {
      count += 1;
      const id = `gid://shopify/WebhookSubscription/${count}`;
      return { id, topic, uri: URL_OF_OURS, includeFields: [], filter: null, ...changes };
    };
    const set = (...subscriptions: ShopifySubscription[]) => {
      fake.subscriptions.splice(0, fake.subscriptions.length, ...subscriptions);
    };
    const all = ["ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_DELETE", "CUSTOMERS_CREATE", "CUSTOMERS_UPDATE"];
    const topics = ["orders/create", "orders/updated", "orders/delete", "customers/create", "customers/update"];

    return {
      fake,
      credentials: { shop: fake.shop, admin_token: fake.token },
      seed: (times) =>
        times.map((time) => {
          const type = TYPES[count % TYPES.length] as (typeof TYPES)[number];
          return make(type, time);
        }),
      seedHidden: (at) => [make("orders/updated", at, true), make("orders/create", at, true)],
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.token = "shpat_theNextAdminToken0123456789";
      },
      configurations: [
        {
          name: "everything that rows need is subscribed",
          prepare: () => set(...all.map((topic) => subscription(topic))),
          endpointUrl: `${URL_OF_OURS}/`,
          subscribedTypes: topics,
          problems: [],
        },
        {
          name: "no subscription of the API has our URL",
          prepare: () => set(subscription("ORDERS_CREATE", { uri: "https://other.example.com/hooks" })),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
        {
          name: "Shopify deleted a subscription, and includeFields drops changes",
          prepare: () =>
            set(
              ...all.slice(0, 3).map((topic) => subscription(topic)),
              subscription("CUSTOMERS_UPDATE", { includeFields: ["id", "email"] }),
            ),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: [...topics.slice(0, 3), "customers/update"],
          problems: ["include_fields", "types_missing"],
          afterRepairs: [],
        },
        {
          name: "a filter hides orders",
          prepare: () =>
            set(...all.map((topic) => subscription(topic, topic === "ORDERS_CREATE" ? { filter: "test:false" } : {}))),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: topics,
          problems: ["filtered"],
        },
      ],
    };
  },
};

function webhookOf(type: ShopifyType, digits: string, time: Date, createdAt: string) {
  const at = time.getTime() / 1000;
  const own = type.startsWith("customers") ? { customer: digits } : { order: digits };
  const whole = type === "orders/delete" ? {} : { body: { created_at: createdAt } };
  const body = shopifyBody({ topic: type, ...own, at, ...whole });
  return { body, headers: sign("shopify", body, { topic: type, at, shop: FIXTURE_SHOP }) };
}

function orderOf(digits: string, given: Record<string, unknown> & { createdAt: string; updatedAt: string }) {
  return {
    id: `gid://shopify/Order/${digits}`,
    name: "#5521",
    email: "noah.whitfield@example.com",
    phone: null,
    cancelledAt: null,
    currencyCode: "USD",
    displayFinancialStatus: "PENDING",
    displayFulfillmentStatus: "UNFULFILLED",
    test: false,
    confirmationNumber: "8XFJ2KQ",
    totalPriceSet: { shopMoney: { amount: "84.5" } },
    totalOutstandingSet: { shopMoney: { amount: "84.5" } },
    ...given,
  };
}

function personOf(digits: string) {
  return {
    id: `gid://shopify/Customer/${digits}`,
    firstName: "Noah",
    lastName: "Whitfield",
    defaultEmailAddress: { emailAddress: "noah.whitfield@example.com" },
    defaultPhoneNumber: { phoneNumber: "+12025550188" },
    state: "ENABLED",
  };
}

function secondOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
