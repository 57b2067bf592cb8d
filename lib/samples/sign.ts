/**
 * Signs bodies as the providers do, from their documentation and without any code of lib/providers, so that a mistake
 * there cannot cancel itself out here.
 */
import { createHmac, createPrivateKey, createPublicKey, sign as signEd25519 } from "node:crypto";
import type { HeaderPairs, RawRequest } from "@/lib/providers/provider";
import { bodyOf, nextId, nextUuid } from "./ids";

/** Those that sign a time too. */
export const SIGNERS = ["stripe", "telnyx", "chatwoot", "standard"] as const;
export type Signer = (typeof SIGNERS)[number];

/** All whose webhooks can be made here. The last three sign nothing: a token in the URL, or a secret in the body. */
export const SENDERS = [...SIGNERS, "shopify", "mitto", "smartlead", "heyreach"] as const;
export type Sender = (typeof SENDERS)[number];

export interface SignOptions {
  /** What signs: for Telnyx (and v1a of Standard Webhooks) the base64 of the private 32-byte seed. */
  secret: string;
  /** Unix seconds. Default: now. */
  at?: number;
  /** Chatwoot's delivery id, the id of a Standard Webhook, Shopify's event id. The others keep theirs in the body. */
  id?: string;
  /** Shopify's, which it sends as headers. */
  topic?: string;
  shop?: string;
  /** Shopify's newer set of headers. */
  newer?: boolean;
  /** The signature belongs to another body. */
  tampered?: boolean;
  /** No signature at all. */
  unsigned?: boolean;
  /** Signed properly, ten minutes before `at`. */
  stale?: boolean;
}

const STALE_SECONDS = 600;

/**
 * The whole request a provider would send. Those that sign nothing put their secret into the URL, or into the body, which is
 * then printed anew; `tampered` changes the secret, `unsigned` leaves it out.
 */
export function requestOf(provider: Sender, event: unknown, options: SignOptions): RawRequest {
  const secret = `${options.tampered ? "not-" : ""}${options.secret}`;
  const inUrl = (provider === "mitto" || provider === "heyreach") && !options.unsigned;
  const known = Buffer.isBuffer(event) ? event : bodyOf(event);
  const body = provider === "smartlead" ? withSecretKey(known, options.unsigned ? undefined : secret) : known;
  return {
    method: "POST",
    path: `/api/webhooks/${provider}${inUrl ? `/${secret}` : ""}`,
    headers: sign(provider, body, options),
    body,
  };
}

/** Written in front, so that the rest of the body stays as it is, byte for byte. */
function withSecretKey(body: Buffer, secret: string | undefined): Buffer {
  const text = body.toString("latin1");
  if (secret === undefined || !text.startsWith("{") || text === "{}") return body;
  return Buffer.from(`{"secret_key":${JSON.stringify(secret)},${text.slice(1)}`, "latin1");
}

/** The headers a provider would send with these bytes. */
export function sign(provider: Sender, body: Buffer | string, options: SignOptions): HeaderPairs {
  const now = options.at ?? Math.floor(Date.now() / 1000);
  const timestamp = String(options.stale ? now - STALE_SECONDS : now);
  const bytes = Buffer.from(body as string);
  const signed = options.tampered ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes;
  const headers = signatureHeaders[provider](signed, timestamp, options.secret, options);
  const sent = options.unsigned ? headers.filter(([name]) => !/signature|hmac/i.test(name)) : headers;
  return [["Content-Type", "application/json; charset=utf-8"], ["User-Agent", userAgent[provider]], ...sent];
}

/** The base64 of the public key that belongs to a private seed. */
export function publicKeyOf(privateSeed: string): string {
  const der = createPublicKey(privateKey(privateSeed)).export({ format: "der", type: "spki" });
  return der.subarray(-32).toString("base64");
}

const userAgent: Record<Sender, string> = {
  stripe: "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
  telnyx: "telnyx-webhooks",
  chatwoot: "rest-client/2.1.0",
  standard: "example-sender/1.0",
  shopify: "Shopify-Captain-Hook",
  mitto: "Mitto/1.0",
  smartlead: "axios/1.7.9",
  heyreach: "HeyReach",
};

type Signature = (body: Buffer, timestamp: string, secret: string, options: SignOptions) => [string, string][];

const signatureHeaders: Record<Sender, Signature> = {
  stripe: (body, t, secret) => [["Stripe-Signature", `t=${t},v1=${hmac(secret, `${t}.`, body).toString("hex")}`]],
  telnyx: (body, t, secret) => [
    ["telnyx-signature-ed25519", ed25519(secret, `${t}|`, body)],
    ["telnyx-timestamp", t],
  ],
  chatwoot: (body, t, secret, { id = nextUuid() }) => [
    ["X-Chatwoot-Signature", `sha256=${hmac(secret, `${t}.`, body).toString("hex")}`],
    ["X-Chatwoot-Timestamp", t],
    ["X-Chatwoot-Delivery", id],
  ],
  standard: (body, t, secret, { id = nextId("msg") }) => [
    ["webhook-id", id],
    ["webhook-timestamp", t],
    ["webhook-signature", standardSignature(secret, `${id}.${t}.`, body)],
  ],
  shopify: (body, t, secret, { id = nextUuid(), topic = "orders/create", shop = FIXTURE_SHOP, newer }) => {
    const family = newer ? "shopify" : "X-Shopify";
    return [
      [`${family}-Topic`, topic],
      [`${family}-Hmac-Sha256`, hmac(secret, "", body).toString("base64")],
      [`${family}-Shop-Domain`, shop],
      [`${family}-API-Version`, "2026-07"],
      [`${family}-Webhook-Id`, nextUuid()],
      [`${family}-Event-Id`, id],
      [`${family}-Triggered-At`, new Date(Number(t) * 1000).toISOString().replace("Z", "412387Z")],
    ];
  },
  mitto: () => [],
  smartlead: () => [],
  heyreach: () => [],
};

/** Whose webhooks Shopify sends unless told otherwise. */
export const FIXTURE_SHOP = "alder-outfitters.myshopify.com";

function standardSignature(secret: string, prefix: string, body: Buffer): string {
  if (!secret.startsWith("whsec_")) return `v1a,${ed25519(secret, prefix, body)}`;
  return `v1,${hmac(Buffer.from(secret.slice(6), "base64"), prefix, body).toString("base64")}`;
}

function hmac(key: string | Buffer, prefix: string, body: Buffer): Buffer {
  return createHmac("sha256", key).update(prefix).update(body).digest();
}

function ed25519(privateSeed: string, prefix: string, body: Buffer): string {
  return signEd25519(null, Buffer.concat([Buffer.from(prefix), body]), privateKey(privateSeed)).toString("base64");
}

/** RFC 8410: the DER of a private key is this prefix and the seed. */
function privateKey(privateSeed: string) {
  const der = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from(privateSeed, "base64"),
  ]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}
