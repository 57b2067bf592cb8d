/** What a Shopify source is bound to, read as people write it: an address of the admin, a topic of GraphQL, another case. */
import type { ReadSetting } from "../provider";

/** Shops are named by this domain in every webhook, whatever domain their visitors see. */
const SHOP = /^[a-z0-9][a-z0-9-]*\.myshopify\.(?:com|io)$/;
const ADMIN = /^admin\.shopify\.com\/store\/([a-z0-9][a-z0-9-]*)/;

/** `https://Alder.myshopify.com/`, `admin.shopify.com/store/alder` and `alder` are all `alder.myshopify.com`. */
export const readShop: ReadSetting = (text) => {
  const address = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "");
  const [host = ""] = address.split(/[/?#:]/);
  const handle = ADMIN.exec(address)?.[1] ?? (/^[a-z0-9][a-z0-9-]*$/.test(address) ? address : undefined);
  const shop = handle === undefined ? host.replace(/\.$/, "") : `${handle}.myshopify.com`;
  if (SHOP.test(shop)) return { value: shop };
  return {
    problem:
      "is the shop's myshopify.com domain, such as alder.myshopify.com. Shopify names the shop by it in every webhook, also " +
      "when the shop has a domain of its own: see Settings > Domains in its admin.",
  };
};

/** The shop that a text means; the text itself where it means none. */
export function shopIn(text = ""): string {
  const read = readShop(text);
  return "value" in read ? read.value : text.trim().toLowerCase();
}

/** `ORDERS_UPDATED`, as GraphQL and its errors write it, and `Orders/Updated` are `orders/updated`. */
export const readTopic: ReadSetting = (text) => {
  const topic = text
    .trim()
    .toLowerCase()
    .replace(/^\/+|\/+$/g, "");
  if (/^[a-z_]+[/.][a-z_]+$/.test(topic)) return { value: topic };
  const resource = RESOURCES.find((name) => topic.startsWith(`${name}_`));
  if (resource && /^[a-z_]+$/.test(topic)) {
    // The one resource whose topics have a dot: customer.tags_added.
    return { value: `${resource}${resource === "customer" ? "." : "/"}${topic.slice(resource.length + 1)}` };
  }
  return { problem: "is one topic as Shopify's headers write it, such as orders/create." };
};

/** Whether two ways of writing a topic mean the same one. */
export function isSameTopic(one: string, other: string): boolean {
  const folded = (topic: string) => topic.trim().toLowerCase().replace(/[/.]/g, "_");
  return folded(one) === folded(other);
}

/** Of WebhookSubscriptionTopic in Shopify's GraphQL API: what is before the slash of a topic. The longer of two comes first. */
const RESOURCES = [
  "app_purchases_one_time",
  "app_subscriptions",
  "app",
  "attributed_sessions",
  "audit_events",
  "bulk_operations",
  "carts",
  "channels",
  "checkout_and_accounts_configurations",
  "checkouts",
  "collection_listings",
  "collection_publications",
  "collections",
  "companies",
  "company_contact_roles",
  "company_contacts",
  "company_locations",
  "customer_account_settings",
  "customer_groups",
  "customer_payment_methods",
  "customers_email_marketing_consent",
  "customers_marketing_consent",
  "customers",
  "customer",
  "delivery_promise_settings",
  "discounts",
  "disputes",
  "domains",
  "draft_orders",
  "finance_app_staff_member",
  "finance_kyc_information",
  "fulfillment_events",
  "fulfillment_holds",
  "fulfillment_orders",
  "fulfillments",
  "inventory_items",
  "inventory_levels",
  "inventory_shipments",
  "inventory_transfers",
  "locales",
  "locations",
  "markets",
  "metafield_definitions",
  "metaobjects",
  "order_transactions",
  "orders",
  "payment_schedules",
  "payment_terms",
  "product_feeds",
  "product_listings",
  "product_publications",
  "products",
  "profiles",
  "publications",
  "refunds",
  "returns",
  "reverse_deliveries",
  "reverse_fulfillment_orders",
  "scheduled_product_listings",
  "segments",
  "selling_plan_groups",
  "shop",
  "subscription_billing_attempts",
  "subscription_billing_cycle_edits",
  "subscription_billing_cycles",
  "subscription_contracts",
  "tax_partners",
  "tax_services",
  "tax_summaries",
  "tender_transactions",
  "themes",
  "variants",
] as const;
