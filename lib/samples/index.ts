/** A realistic webhook of each provider with an id of its own: what `npm run send` and "Send a sample" post, really signed. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { CHATWOOT_TYPES, type ChatwootType, chatwootEvent, chatwootKey } from "./chatwoot";
import { HEYREACH_TYPES, type HeyreachType, heyreachEvent } from "./heyreach";
import { bodyOf } from "./ids";
import { MITTO_TYPES, mittoDlr } from "./mitto";
import { SHOPIFY_TYPES, type ShopifyType, shopifyBody } from "./shopify";
import type { Sender } from "./sign";
import { SMARTLEAD_TYPES, type SmartleadType, smartleadEvent } from "./smartlead";
import { STANDARD_TYPES, type StandardType, standardEvent } from "./standard";
import { STRIPE_TYPES, type StripeOptions, type StripeType, stripeEvent } from "./stripe";
import { TELNYX_TYPES, type TelnyxOptions, type TelnyxType, telnyxEvent } from "./telnyx";

export interface Sample {
  provider: Sender;
  type: string;
  /** The event's key: Redrive shows it under this name. Some of Chatwoot's are named by when they are signed. */
  key: string;
  /** What the provider sends as its id: the key, or a part of it. */
  id: string;
  body: Buffer;
}

export interface SampleOptions {
  key?: string;
  organisation?: string;
  /** When it happened, in unix seconds. Default: now. */
  at?: number;
  stripe?: StripeOptions;
  telnyx?: TelnyxOptions;
}

export const SAMPLE_TYPES: Readonly<Record<Sender, readonly string[]>> = {
  stripe: STRIPE_TYPES,
  telnyx: TELNYX_TYPES,
  chatwoot: CHATWOOT_TYPES,
  standard: STANDARD_TYPES,
  shopify: SHOPIFY_TYPES,
  mitto: MITTO_TYPES,
  smartlead: SMARTLEAD_TYPES,
  heyreach: HEYREACH_TYPES,
};

/** An event of one of `SAMPLE_TYPES`, with a key that no other has. */
export function sample(provider: Sender, type: string, options: SampleOptions = {}): Sample {
  const at = options.at ?? Date.now() / 1000;
  const id = options.key ?? newId[provider]();
  const event = build[provider](type, id, at, options);
  const key = keyFor[provider]?.(type, id, event) ?? id;
  return { provider, type, key, id, body: Buffer.isBuffer(event) ? event : bodyOf(event) };
}

/** The environment variable that holds what signs for a provider: for Telnyx the private half, which only samples use. */
export const SIGNING_VARIABLE: Readonly<Record<Sender, string>> = {
  stripe: "STRIPE_WEBHOOK_SECRET",
  telnyx: "TELNYX_PRIVATE_KEY",
  chatwoot: "CHATWOOT_WEBHOOK_SECRET",
  standard: "STANDARD_WEBHOOK_SECRET",
  shopify: "SHOPIFY_WEBHOOK_SECRET",
  mitto: "MITTO_URL_TOKEN",
  smartlead: "SMARTLEAD_WEBHOOK_SECRET",
  heyreach: "HEYREACH_URL_TOKEN",
};

/** Where the key of an event is more than its id. */
const keyFor: Partial<Record<Sender, (type: string, id: string, event: unknown) => string | undefined>> = {
  chatwoot: (_type, _id, event) => chatwootKey(event as Record<string, unknown>),
  shopify: (topic, id) => `${topic}:${id}`,
  mitto: (status, id) => `${id}:${status.toLowerCase()}:0`,
};

const newId: Readonly<Record<Sender, () => string>> = {
  stripe: () => `evt_${randomBytes(12).toString("hex")}`,
  telnyx: randomUUID,
  chatwoot: randomUUID,
  standard: () => `msg_${randomBytes(12).toString("hex")}`,
  shopify: randomUUID,
  mitto: randomUUID,
  smartlead: randomUUID,
  heyreach: randomUUID,
};

type Build = (type: string, id: string, at: number, options: SampleOptions) => unknown;

const build: Readonly<Record<Sender, Build>> = {
  stripe: (type, id, at, { organisation: account, stripe }) =>
    stripeEvent({ type: type as StripeType, id, created: Math.floor(at), ...(account && { account }), ...stripe }),
  telnyx: (type, id, at, { organisation, telnyx }) =>
    telnyxEvent({
      type: type as TelnyxType,
      id,
      occurredAt: isoOf(at),
      ...(organisation && { organisation }),
      ...telnyx,
    }),
  chatwoot: (type, id, at, { organisation }) =>
    chatwootEvent({
      event: type as ChatwootType,
      // Chatwoot writes fractions, and knows its conversations' changes by them.
      at: Number.isInteger(at) ? at + 0.125 : at,
      ...(organisation && { account: Number(organisation) }),
      id: numberFrom(id),
    }),
  standard: (type, _key, at) => standardEvent({ type: type as StandardType, timestamp: isoOf(at) }),
  shopify: (topic, _id, at, { organisation: shop }) =>
    shopifyBody({ topic: topic as ShopifyType, at: Math.floor(at), order: freshNumber(), ...(shop && { shop }) }),
  mitto: (status, id, at, { organisation = "alder" }) =>
    mittoDlr({ id, status, sentAt: Math.floor(at), reference: `${organisation}:sample` }),
  smartlead: (type, eventId, at) => smartleadEvent({ type: type as SmartleadType, eventId, statsId: randomUUID(), at }),
  heyreach: (type, correlationId, at) => heyreachEvent({ type: type as HeyreachType, correlationId, at }),
};

/** The same number for the same text: what names an event at Chatwoot is a number in its body. */
function numberFrom(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) + 1;
}

/** Like Shopify's: thirteen digits. */
function freshNumber(): string {
  return String(6_000_000_000_000 + randomBytes(4).readUInt32BE(0));
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
