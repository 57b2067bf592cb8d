/**
 * Shopify's GraphQL Admin API. It has no log of webhooks, but lists orders, customers and products by when they were created
 * and last changed, and what was deleted. So a run knows of each object its creation and its newest state, not the states in
 * between. https://shopify.dev/docs/api/admin-graphql
 */
import { ApiFailure, type ApiSession, type Page, type ProviderApi, type Window } from "../api";
import { asksFor, boundTo, cursorOf, entriesWithin, refuseUnlisted } from "../reconstruct";
import { at } from "../shape";
import { askShopify, MOST_OBJECTS, TooManyObjects } from "./graphql";
import { creation, type KindName, type List, newestState, readDeleted, readObjects } from "./lists";
import { KINDS, type Kind } from "./objects";
import { readShop, readTopic, shopIn } from "./settings";
import { repairSubscription, shopifyConfiguration, subscribedTopics } from "./subscriptions";

/** The lists that are left, the page of the first, and how much of it was read. */
interface Cursor {
  lists: List[];
  after: string | null;
  read: number;
}

const LISTED = Object.values(KINDS).flatMap(({ created, updated, deletedTopic }) => [
  created.topic,
  updated.topic,
  deletedTopic,
]);

export const shopifyApi: ProviderApi = {
  coverage: {
    kind: "objects",
    proves:
      "Every order and customer that was created or changed in this time has the webhook of its creation and of its newest state here; those of deleted ones, too. Products are checked where the app is subscribed to them.",
    misses:
      "States between two changes of one object, other topics (refunds, fulfilments, checkouts), changes within ten seconds of the creation, and the content of what was deleted. A rebuilt order has neither lines nor addresses.",
  },
  horizonDays: 60,
  // Shopify tries again for four hours. A webhook that comes later still is recognised.
  waitSeconds: 18_000,
  lookbackSeconds: 600,
  rights:
    "An Admin API access token of an app that is installed in the shop, with read_orders, read_customers and read_products; for orders older than 60 days also read_all_orders. Repairing subscriptions needs no further scope.",
  credentials: {
    shop: {
      label: "Shop",
      help: "The shop's myshopify.com domain, such as alder.myshopify.com.",
      variable: "SHOPIFY_SHOP",
      isSecret: false,
      read: readShop,
    },
    admin_token: {
      label: "Admin API access token",
      help: "Begins with shpat_. The app shows it once, under API credentials.",
      variable: "SHOPIFY_ADMIN_TOKEN",
      isSecret: true,
    },
  },
  urlVariable: "SHOPIFY_API_URL",
  url: ({ shop }) => `https://${shopIn(shop)}`,
  // Points. A shop of the smallest plan gets back 100 in a second, and may save up 2,000.
  budget: { requests: 100, perSeconds: 1, burst: 1_000 },
  pairs: "logical_key",

  async list(session, whole, cursor): Promise<Page> {
    const window = boundTo(whole, boundTopic(session));
    refuseUnlisted(window, LISTED, "Shopify");
    const { lists, after, read } = cursorOf<Cursor>(cursor, {
      lists: cursor === null ? await listsFor(session, window) : [],
      after: null,
      read: 0,
    });
    const [list, ...rest] = lists;
    if (list === undefined) return { entries: [], next: null };
    try {
      const page = await (list === "deleted" ? readDeleted : readObjects(list))(session, window, after);
      const total = read + page.objects;
      if (page.end !== null && total >= MOST_OBJECTS) throw new TooManyObjects();
      const next: Cursor =
        page.end === null ? { lists: rest, after: null, read: 0 } : { lists, after: page.end, read: total };
      return { entries: entriesWithin(window, page.entries), next: next.lists.length === 0 ? null : { ...next } };
    } catch (thrown) {
      if (thrown instanceof TooManyObjects) return { entries: [], next: null, isTooLarge: true };
      throw thrown;
    }
  },

  async get(session, id, eventType = "") {
    const [, kindName = "", digits = ""] = /^(order|customer|product):(\d+)$/.exec(id) ?? [];
    const kind = KINDS[`${kindName}s` as KindName] as Kind | undefined;
    if (kind === undefined) return undefined;
    const question = `query One($id: ID!) { ${kindName}(id: $id) { ${kind.fields} } }`;
    const gid = `gid://shopify/${kindName[0]?.toUpperCase()}${kindName.slice(1)}/${digits}`;
    const object = at(await askShopify(session, question, { id: gid }, kind.objectsEach), kindName);
    if (object === null || object === undefined) return undefined;
    return eventType === kind.created.topic ? creation(session, kind, object) : newestState(session, kind, object);
  },

  configuration: shopifyConfiguration,
  repair: repairSubscription,

  async test(session) {
    const shop = at(
      await askShopify(session, "query Shop { shop { myshopifyDomain } }", {}, 1),
      "shop",
      "myshopifyDomain",
    );
    if (typeof shop !== "string") throw new ApiFailure("malformed", "Shopify's answer names no shop.");
    if (shop.toLowerCase() !== shopIn(session.credentials.shop))
      throw new ApiFailure("refused", `The token belongs to the shop ${shop}.`);
  },
};

/** Read again, because a source may have been saved before its settings were checked. */
function boundTopic({ settings }: ApiSession): string | undefined {
  const written = settings.topic?.trim() ?? "";
  const read = readTopic(written);
  return "value" in read ? read.value : written;
}

/** Products are many and write no rows, so they are read where they are expected: by name, or by a subscription. */
async function listsFor(session: ApiSession, window: Window): Promise<List[]> {
  const isNamed = window.types !== undefined;
  const subscribed = isNamed ? [] : await subscribedTopics(session);
  const wants = (topic: string) =>
    asksFor(window, topic) && (isNamed || !topic.startsWith("products/") || subscribed.includes(topic));
  const kinds = Object.keys(KINDS) as KindName[];
  return [
    ...kinds.filter((name) => wants(KINDS[name].created.topic)).map((name): List => `${name}.created`),
    ...kinds.filter((name) => wants(KINDS[name].updated.topic)).map((name): List => `${name}.updated`),
    ...(kinds.some((name) => wants(KINDS[name].deletedTopic)) ? (["deleted"] as const) : []),
  ];
}
