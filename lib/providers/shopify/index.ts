/**
 * Shopify. Signs only the raw body, with the app's client secret. Topic, shop, event id and time are headers that an
 * attacker who caught a request can change, so a source binds them and `equalBytes` catches the rest.
 * https://shopify.dev/docs/apps/build/webhooks/subscribe/https, and Shopify's own shopify-api for both sets of headers.
 * Rows: see rows.ts.
 */
import { randomBytes } from "node:crypto";
import { decodeBase64, hmacSha256, sameDigest } from "../hmac";
import { membersOf, textMemberOf } from "../json-bytes";
import {
  acceptAs,
  contentOf,
  header,
  type Identity,
  type Provider,
  type RawRequest,
  refuse,
  refuseContradiction,
  refuseRepeated,
  type Source,
  type Verification,
} from "../provider";
import { at, idFrom, isoFrom, keyFrom, keyOfBody, typeFrom } from "../shape";
import { shopifyApi } from "./api";
import { logicalKeyOf, memberReader } from "./objects";
import { isPrivacyTopic, shopifyProjections } from "./rows";
import { shopifySamples } from "./sample";
import { isSameTopic, readShop, readTopic } from "./settings";
import { shopifyIdIn, shopifySummary } from "./summary";

const NAMES = ["topic", "shop-domain", "api-version", "webhook-id", "event-id", "triggered-at"] as const;
/**
 * A product has up to 2,048 variants (shopify.dev, "Product model"), at 700 bytes each 1.4 MB, and metafields besides. Shopify
 * publishes no limit of its own for HTTPS; Google Pub/Sub, its other way of delivery, ends at 10 MB.
 */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const FAMILIES = ["shopify", "x-shopify"] as const;
/** Headers that sign or name an event: each at most once. */
const NAMING = FAMILIES.flatMap((family) =>
  ["hmac-sha256", "action", "resource-id", "test", "handle", "name", "sub-topic", ...NAMES].map(
    (name) => `${family}-${name}`,
  ),
);
/** Equal in both sets, when both were sent. A topic is spelt differently in them. */
const AGREEING = ["hmac-sha256", "shop-domain"] as const;

export const shopify: Provider = {
  slug: "shopify",
  label: "Shopify",
  mark: "Sh",
  scheme: "HMAC-SHA256 of the body in X-Shopify-Hmac-Sha256; topic, shop, event id and time are not signed",
  setup:
    "In the Shopify admin, open Settings → Notifications → Webhooks and add this URL for each topic, as JSON. Then set SHOPIFY_WEBHOOK_SECRET to the key shown there, or to the client secret of your app.",
  secretsVariable: "SHOPIFY_WEBHOOK_SECRET",
  localSecrets: () => ({ SHOPIFY_WEBHOOK_SECRET: randomBytes(16).toString("hex") }),
  settings: {
    shop: {
      label: "Shop",
      help: "The shop's domain, such as alder.myshopify.com. Requests that name another shop are refused.",
      read: readShop,
    },
    topic: {
      label: "Topic",
      help: "The only topic sent here, such as orders/create. Others are refused.",
      read: readTopic,
    },
  },
  unsignedKeys: true,
  refusalStatus: 401,
  samples: shopifySamples,
  secretHeaders: FAMILIES.map((family) => `${family}-hmac-sha256`),
  maxBodyBytes: MAX_BODY_BYTES,
  // All of them but the signature: action, resource id, handle, name, sub-topic and test say what an event is, too.
  forwardHeaders: FAMILIES.map((family) => `${family}-*`),

  verify(request, context) {
    const unclear =
      refuseRepeated(request, NAMING) ??
      refuseContradiction(
        request,
        AGREEING.map((name) => [`shopify-${name}`, `x-shopify-${name}`] as const),
      );
    if (unclear) return unclear;
    const sent = headerOf(request, "hmac-sha256");
    if (!sent) return refuse("unsigned", "The X-Shopify-Hmac-Sha256 header is missing.");
    const digest = decodeBase64(sent);
    if (digest?.length !== 32) return refuse("malformed", "X-Shopify-Hmac-Sha256 must be 32 bytes in base64.");
    const matches = context.secrets.some((secret) => sameDigest(hmacSha256(secret, request.body), digest));
    if (!matches) {
      const hint = "Test notifications and those of Settings > Notifications are signed with the shop's own secret.";
      return refuse("bad_signature", `The signature matches no configured Shopify secret. ${hint}`);
    }
    return refuseOther(request, context.source) ?? acceptAs("signed", request);
  },

  identify(request, payload, source): Identity {
    const topic = topicOf(request);
    const shop = shopOf(request, payload, topic, source);
    return {
      eventKey: keyOf(request, topic),
      logicalKey: logicalKeyOf(topic, memberReader(contentOf(request), payload)),
      eventType: topic,
      organisationId: source?.organisationId ?? shop,
      companyId: source?.companyId ?? shop,
      objectId: objectOf(payload, topic) ?? resourceOf(request),
      replacesOlder: WHOLE_STATE.has(topic),
      occurredAt: isoFrom(headerOf(request, "triggered-at")),
      writtenTime: headerOf(request, "triggered-at"),
      livemode: livemodeOf(request, payload),
      // Two subscriptions of one topic may have two API versions.
      rendering: headerOf(request, "api-version"),
      equalBytes: equalBytesOf(request, payload, topic),
    };
  },

  projections: shopifyProjections,
  summary: shopifySummary,
  api: shopifyApi,
  searchTextIn: shopifyIdIn,
  eventTypes: { form: /^[a-z_]+\/[a-z_]+$/ },
};

/** These carry the whole object. */
const WHOLE_STATE: ReadonlySet<string> = new Set(["orders/updated", "customers/update", "products/update"]);

/** An uninstalled app is told about the shop as it is, which may be as it was. */
const UNINSTALLED = "app/uninstalled";
const REMOVING = /(delete|remove|destroy|disconnect)$/i;

/**
 * A body that says when its object changed is that of one event alone, and so is what creates something. Bodies without a
 * time are repeated: a product that is unpublished again, a shop that leaves again, every change with `include_fields=id`.
 * Those of a privacy request belong to its topic, which is not signed: a captured data_request must not become a redact.
 */
function equalBytesOf(request: RawRequest, payload: unknown, topic: string): Identity["equalBytes"] {
  if (isPrivacyTopic(topic)) return "of_type";
  if (topic === UNINSTALLED) return "usual";
  // A payload that was not parsed is large: its bytes are read instead.
  const has =
    typeof payload === "object" && payload !== null ? (name: string) => Object.hasOwn(payload, name) : undefined;
  const members = has ? undefined : membersOf(request.body);
  const isDated = ["updated_at", "updatedAt"].some((name) => has?.(name) ?? members?.has(name));
  if (!isDated) return /\/create$/i.test(topic) ? "unusual" : "usual";
  return REMOVING.test(topic) ? "of_type" : "unusual";
}

/** Refuses a signed body with headers of another shop or topic: a request that was caught elsewhere and sent here. */
function refuseOther(request: RawRequest, source: Source | undefined): Verification | undefined {
  const named = sameCase(headerOf(request, "shop-domain"));
  const bound = boundShop(source);
  if (named && bound && named !== bound) {
    return refuse(
      "bad_signature",
      `The signature is right, but X-Shopify-Shop-Domain is not the shop of this source, ${bound}.`,
    );
  }
  const signed = sameCase(textMemberOf(contentOf(request), "shop_domain"));
  const expected = bound ?? named;
  if (signed && expected && signed !== expected) {
    return refuse("bad_signature", "The signature is right, but its shop_domain is not the shop the request is for.");
  }
  const topic = source?.settings.topic?.trim();
  if (topic && !isSameTopic(topicOf(request), topic)) {
    return refuse(
      "bad_signature",
      `The signature is right, but X-Shopify-Topic is not ${topic}, the topic of this source.`,
    );
  }
  return undefined;
}

/** One event has the same id under every topic it is sent for. Each topic is one event of ours. */
function keyOf(request: RawRequest, topic: string): string {
  const named = [headerOf(request, "event-id"), headerOf(request, "webhook-id")].find(
    (id) => keyFrom(id) !== undefined,
  );
  return keyFrom(named && `${topic}:${named}`) ?? keyFrom(`${topic}:${keyOfBody(request)}`) ?? keyOfBody(request);
}

/** `orders/create`. Newer events split it: topic `Product` and action `create`. */
function topicOf(request: RawRequest): string {
  const topic = headerOf(request, "topic");
  const action = headerOf(request, "action");
  return typeFrom(topic && action && !topic.includes("/") ? `${topic}/${action}` : topic);
}

/**
 * The shop that the operator configured takes precedence. Privacy requests name theirs in the signed body; all others only
 * in the header.
 */
function shopOf(request: RawRequest, payload: unknown, topic: string, source: Source | undefined): string | undefined {
  const signed = isPrivacyTopic(topic) ? idFrom(at(payload, "shop_domain")) : undefined;
  return boundShop(source) ?? sameCase(signed) ?? sameCase(idFrom(headerOf(request, "shop-domain")));
}

/** Read again, because a source may have been saved before its settings were checked. */
function boundShop(source: Source | undefined): string | undefined {
  const written = sameCase(source?.settings.shop);
  const read = written === undefined ? undefined : readShop(written);
  return read && "value" in read ? read.value : written;
}

/** Refunds and fulfilments are about their order, so they are ordered with it, and redacted with it. */
function objectOf(payload: unknown, topic: string): string | undefined {
  const [kind = ""] = topic.toLowerCase().split("/");
  if (isPrivacyTopic(topic)) {
    const customer = idFrom(at(payload, "customer", "id"));
    return customer && `customer:${customer}`;
  }
  const order = idFrom(at(payload, "order_id"));
  if (order !== undefined) return `order:${order}`;
  const id = idFrom(at(payload, "id"));
  return id && `${kind.replace(/s$/, "")}:${id}`;
}

/** Newer events name their object in a header, and may have no id in the body: `gid://shopify/Product/82`. */
function resourceOf(request: RawRequest): string | undefined {
  const parts = /^gid:\/\/shopify\/(\w+)\/(\d+)(?:\?.*)?$/.exec(headerOf(request, "resource-id") ?? "");
  return parts ? `${(parts[1] as string).toLowerCase()}:${parts[2]}` : undefined;
}

/** A test notification says so in a header, an order of a test payment in its signed body. Either is enough. */
function livemodeOf(request: RawRequest, payload: unknown): boolean | undefined {
  const header = sameCase(headerOf(request, "test"));
  const body = at(payload, "test");
  if (header === "true" || body === true) return false;
  return header === "false" || body === false ? true : undefined;
}

/**
 * A header of the newer set or of the older one, never of both. When both were sent, Shopify's own library takes the newer.
 */
function headerOf(request: RawRequest, name: string): string | undefined {
  const family = header(request, "shopify-hmac-sha256") === undefined ? "x-shopify" : "shopify";
  return header(request, `${family}-${name}`)?.trim();
}

function sameCase(text: string | undefined): string | undefined {
  return text?.trim().toLowerCase() || undefined;
}
