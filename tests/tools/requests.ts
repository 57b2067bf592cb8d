/** What the tools send: events of tests/fixtures with ids of their own, really signed, to a running Redrive. */
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { HeaderPairs } from "@/lib/providers/provider";
import { CHATWOOT_TYPES, type ChatwootType, chatwootEvent } from "../fixtures/chatwoot";
import { HEYREACH_TYPES, type HeyreachType, heyreachEvent } from "../fixtures/heyreach";
import { bodyOf } from "../fixtures/ids";
import { MITTO_TYPES, mittoDlr } from "../fixtures/mitto";
import { SHOPIFY_TYPES, type ShopifyType, shopifyBody } from "../fixtures/shopify";
import type { Sender } from "../fixtures/sign";
import { SMARTLEAD_TYPES, type SmartleadType, smartleadEvent } from "../fixtures/smartlead";
import { STANDARD_TYPES, type StandardType, standardEvent } from "../fixtures/standard";
import { STRIPE_TYPES, type StripeOptions, type StripeType, stripeEvent } from "../fixtures/stripe";
import { TELNYX_TYPES, type TelnyxOptions, type TelnyxType, telnyxEvent } from "../fixtures/telnyx";

/** A mistake of whoever runs the tool: shown without a stack trace. */
export class ToolError extends Error {}

export interface Sample {
  provider: Sender;
  type: string;
  /** The event's key: Redrive shows it under this name. */
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
  const key = keyFor[provider]?.(type, id) ?? id;
  return { provider, type, key, id, body: Buffer.isBuffer(event) ? event : bodyOf(event) };
}

export interface Answer {
  status: number;
  body: string;
  milliseconds: number;
}

/** Posts to the provider's route. Throws `ToolError` when nothing answers. */
export async function post(
  url: string,
  provider: Sender,
  body: Buffer,
  headers: HeaderPairs,
  path = `/api/webhooks/${provider}`,
): Promise<Answer> {
  const started = performance.now();
  const target = new URL(path, url);
  try {
    const response = await fetch(target, {
      method: "POST",
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body: new Uint8Array(body),
      redirect: "manual",
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return { status: response.status, body: text, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ToolError(`Nothing answers at ${target.origin} (${cause}). Start it with \`npm start\`, or pass --url.`);
  }
}

const SECRET_VARIABLE: Readonly<Record<Sender, string>> = {
  stripe: "STRIPE_WEBHOOK_SECRET",
  telnyx: "TELNYX_PRIVATE_KEY",
  chatwoot: "CHATWOOT_WEBHOOK_SECRET",
  standard: "STANDARD_WEBHOOK_SECRET",
  shopify: "SHOPIFY_WEBHOOK_SECRET",
  mitto: "MITTO_URL_TOKEN",
  smartlead: "SMARTLEAD_WEBHOOK_SECRET",
  heyreach: "HEYREACH_URL_TOKEN",
};

/** What signs for a provider: from the environment, or from the secrets that `npm start` made in local mode. */
export function signingSecret(provider: Sender): string {
  const variable = SECRET_VARIABLE[provider];
  const secret = secretNamed(variable);
  if (secret !== undefined) return secret;
  throw new ToolError(
    `No ${variable}. Run \`npm start\` once without DATABASE_URL: it writes local secrets to ${secretsFile()}. ` +
      `Or set ${variable} to what the running app expects${
        provider === "telnyx" ? " (base64 of the 32-byte private seed that belongs to its TELNYX_PUBLIC_KEY)" : ""
      }.`,
  );
}

/** One secret, the first where the variable holds a list. */
export function secretNamed(variable: string): string | undefined {
  const [fromEnvironment] = (process.env[variable] ?? "").split(/[\s,]+/).filter(Boolean);
  return fromEnvironment ?? localSecrets()[variable];
}

function localSecrets(): Record<string, string> {
  const file = secretsFile();
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new ToolError(`${file} is not JSON. Delete it and start Redrive again: it makes a new one.`);
  }
}

function secretsFile(): string {
  return path.resolve(process.env.DATA_DIR || ".data", "secrets.json");
}

/** Where the key of an event is more than its id. */
const keyFor: Partial<Record<Sender, (type: string, id: string) => string>> = {
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
  chatwoot: (type, _key, at, { organisation }) =>
    chatwootEvent({
      event: type as ChatwootType,
      at,
      ...(organisation && { account: Number(organisation) }),
      ...freshIds(),
    }),
  standard: (type, _key, at) => standardEvent({ type: type as StandardType, timestamp: isoOf(at) }),
  shopify: (topic, _id, at, { organisation: shop }) =>
    shopifyBody({ topic: topic as ShopifyType, at: Math.floor(at), order: freshNumber(), ...(shop && { shop }) }),
  mitto: (status, id, at, { organisation = "alder" }) =>
    mittoDlr({ id, status, sentAt: Math.floor(at), reference: `${organisation}:sample` }),
  smartlead: (type, eventId, at) => smartleadEvent({ type: type as SmartleadType, eventId, statsId: randomUUID(), at }),
  heyreach: (type, correlationId, at) => heyreachEvent({ type: type as HeyreachType, correlationId, at }),
};

function freshIds() {
  return { id: randomBytes(3).readUIntBE(0, 3) + 1 };
}

/** Like Shopify's: thirteen digits. */
function freshNumber(): string {
  return String(6_000_000_000_000 + randomBytes(4).readUInt32BE(0));
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
