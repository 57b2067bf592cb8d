/** Events of a sender that follows Standard Webhooks. */
import { randomBytes } from "node:crypto";
import { FIXTURE_TIME, nextId, nextNumber } from "../../samples/ids";
import type { SampleMaker } from "../../samples/maker";
import { ed25519, hmac } from "../../samples/signing";

export const STANDARD_TYPES = ["order.created", "order.fulfilled", "contact.updated"] as const;

export type StandardType = (typeof STANDARD_TYPES)[number];

export const standardSamples: SampleMaker = {
  types: STANDARD_TYPES,
  signingVariable: "STANDARD_WEBHOOK_SECRET",
  userAgent: "example-sender/1.0",
  newId: () => `msg_${randomBytes(12).toString("hex")}`,
  event: (type, _id, at) => standardEvent({ type: type as StandardType, timestamp: new Date(at * 1000).toISOString() }),
  signsTime: true,
  sign: (body, t, secret, { id = nextId("msg") }) => [
    ["webhook-id", id],
    ["webhook-timestamp", t],
    ["webhook-signature", signature(secret, `${id}.${t}.`, body)],
  ],
};

/** v1 with a shared secret, v1a with a private key. */
function signature(secret: string, prefix: string, body: Buffer): string {
  if (!secret.startsWith("whsec_")) return `v1a,${ed25519(secret, prefix, body)}`;
  return `v1,${hmac(Buffer.from(secret.slice(6), "base64"), prefix, body).toString("base64")}`;
}

export interface StandardOptions {
  type?: StandardType;
  /** ISO 8601. */
  timestamp?: string;
  /** `data.id`. */
  id?: string;
  data?: Record<string, unknown>;
}

export function standardEvent(options: StandardOptions = {}) {
  return {
    type: options.type ?? "order.created",
    timestamp: options.timestamp ?? new Date(FIXTURE_TIME * 1000).toISOString(),
    data: {
      id: options.id ?? `ord_${5520 + nextNumber()}`,
      customer: { name: "Noah Whitfield", email: "noah.whitfield@example.com" },
      total: "84.50",
      currency: "USD",
      ...options.data,
    },
  };
}
