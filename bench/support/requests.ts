/** Stripe webhooks as bytes on the wire, each with an id of its own, signed before the first is sent. */
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { hmac } from "../../lib/samples/signing";
import { TEST_SECRETS } from "../../tests/fixtures/sign";

/** What the figures are about: 1 KB. */
export const BODY_BYTES = 1024;
/** Subscriptions that the events are about, in turn: as many as a mid-sized merchant has. */
const SUBSCRIPTIONS = 5_000;

export interface RequestOptions {
  count: number;
  /** The beginning of every id. */
  prefix: string;
  path?: string;
  bytes?: number;
  /** A row of its own per event, so that one row tells when one event was applied. */
  ownRows?: boolean;
  /** Default: the secret that apps of tests accept. */
  secret?: string;
}

export interface PreparedRequest {
  id: string;
  wire: Buffer;
}

/** The whole requests, head and body. */
export function prepare(options: RequestOptions): PreparedRequest[] {
  const { count, path = "/api/webhooks/stripe", secret = TEST_SECRETS.stripe } = options;
  const created = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, n) => {
    const id = `evt_${options.prefix}_${n}`;
    const body = Buffer.from(bodyOf(id, n, created, options));
    const signature = hmac(secret, `${created}.`, body).toString("hex");
    const head =
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n` +
      "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nAccept: */*\r\n" +
      `Stripe-Signature: t=${created},v1=${signature}\r\nContent-Length: ${body.length}\r\n\r\n`;
    return { id, wire: Buffer.concat([Buffer.from(head), body]) };
  });
}

/** The bodies alone, as they are on the wire. */
export function prepareEvents(options: RequestOptions): Buffer[] {
  const created = Math.floor(Date.now() / 1000);
  return Array.from({ length: options.count }, (_, n) =>
    Buffer.from(bodyOf(`evt_${options.prefix}_${n}`, n, created, options)),
  );
}

/** The event about subscription `n`: a change of its plan, as the most frequent of Stripe's are. */
export function eventOf(id: string, n: number, created: number, { ownRows = false, prefix = "" } = {}) {
  const of = ownRows ? `${prefix}_${n}` : `bench_${n % SUBSCRIPTIONS}`;
  const options = { id, created: created + (n % 60), customer: `cus_${of}`, subscription: `sub_${of}` };
  return stripeEvent({ type: "customer.subscription.updated", ...options });
}

function bodyOf(id: string, n: number, created: number, { bytes = BODY_BYTES, ...options }: RequestOptions): string {
  const plain = JSON.stringify(eventOf(id, n, created, options));
  const missing = bytes - plain.length - ',"pad":""'.length;
  // Text that compresses as words do, and differs from event to event.
  return missing > 0 ? `${plain.slice(0, -1)},"pad":"${padding(n, missing)}"}` : plain;
}

function padding(n: number, length: number): string {
  let text = "";
  for (let word = n + 1; text.length < length; word = (word * 48_271) % 2_147_483_647) text += `${word.toString(36)} `;
  return text.slice(0, length);
}
