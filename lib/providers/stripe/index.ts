/**
 * Stripe, v1 snapshot events and v2 thin events. Signatures: https://docs.stripe.com/webhooks/signature, checked by
 * Stripe's own SDK. Rows: see rows.ts.
 */
import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import { hmacSha256, parseUnixTimestamp } from "../hmac";
import {
  acceptAs,
  contentOf,
  header,
  type Identity,
  type Provider,
  type RawRequest,
  refuse,
  refuseRepeated,
} from "../provider";
import { at, booleanFrom, idFrom, keyFrom, keyOfBody, timeFrom, typeFrom } from "../shape";
import { stripeApi } from "./api";
import { stripeProjections } from "./rows";
import { stripeSamples } from "./sample";
import { stripeIdIn, stripeSummary } from "./summary";

/** The SDK's own default: an age of exactly 300 s is accepted, and so is any time in the future. */
const TOLERANCE_SECONDS = 300;
/** The SDK reads 0 as "do not check the time". */
const ANY_AGE = 0;

/** A snapshot has the whole object: an invoice with 250 lines that carry metadata is above 1 MiB. Stripe sets no limit. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export const stripe: Provider = {
  slug: "stripe",
  label: "Stripe",
  mark: "St",
  scheme: "HMAC-SHA256 of timestamp and body in Stripe-Signature, at most 5 minutes old",
  setup:
    "In the Stripe Dashboard, open Developers → Webhooks, add this URL as an endpoint and choose its events. Then set STRIPE_WEBHOOK_SECRET to its signing secret (whsec_…).",
  secretsVariable: "STRIPE_WEBHOOK_SECRET",
  localSecrets: () => ({ STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString("hex")}` }),
  refusalStatus: 400,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: stripeSamples,
  secretHeaders: ["stripe-signature"],

  verify(request, context) {
    const repeated = refuseRepeated(request, stripe.secretHeaders);
    if (repeated) return repeated;
    const signature = header(request, "stripe-signature")?.trim();
    if (!signature) return refuse("unsigned", "The Stripe-Signature header is missing.");
    if (!isComplete(signature)) {
      return refuse("malformed", "Stripe-Signature needs a timestamp (t=) and at least one v1 signature.");
    }
    const matches = (tolerance: number) =>
      context.secrets.some((secret) => passesSdk(request, signature, secret, tolerance, context.now));
    if (matches(TOLERANCE_SECONDS)) return acceptAs("signed", request);
    if (matches(ANY_AGE)) return refuse("stale", `The signature is right but older than ${TOLERANCE_SECONDS} seconds.`);
    return refuse("bad_signature", "No v1 signature matches the body and a configured signing secret.");
  },

  identify(request, payload): Identity {
    return {
      eventKey: keyFrom(at(payload, "id")) ?? keyOfBody(request, timestampOf(request)),
      eventType: typeFrom(at(payload, "type")),
      organisationId: accountOf(payload),
      objectId: idFrom(at(payload, "data", "object", "id")) ?? idFrom(at(payload, "related_object", "id")),
      occurredAt: timeFrom(at(payload, "created")),
      writtenTime: at(payload, "created"),
      livemode: booleanFrom(at(payload, "livemode")),
      fingerprint: withoutPendingWebhooks(contentOf(request)),
      // Endpoints of two API versions get one event in both.
      rendering: idFrom(at(payload, "api_version")),
    };
  },

  projections: stripeProjections,
  summary: stripeSummary,
  api: stripeApi,
  searchTextIn: stripeIdIn,
  eventTypes: { form: /^[a-z0-9_]+(\.[a-z0-9_]+)+$/ },
};

/**
 * The connected account. Thin events and those of an organisation name it in `context`: `acct_…`, or the path
 * `org_…/acct_…`, whose last part is the account. An event of the organisation itself belongs to the organisation.
 */
function accountOf(payload: unknown): string | undefined {
  const context = idFrom(at(payload, "context"))
    ?.split("/")
    .filter((part) => part !== "");
  return idFrom(at(payload, "account")) ?? idFrom(context?.at(-1));
}

/** The SDK parses timestamps leniently (`parseInt`), so it only gets those that are plain digits. */
function isComplete(signature: string): boolean {
  const items = signature.split(",");
  const timestamps = items.filter((item) => item.startsWith("t="));
  return (
    timestamps.length === 1 &&
    parseUnixTimestamp(timestamps[0]?.slice(2)) !== undefined &&
    items.some((item) => item.startsWith("v1=") && item.length > 3)
  );
}

/** Any exception of the SDK means no: besides its own error it throws others for an empty or non-ASCII `v1=`. */
function passesSdk(request: RawRequest, signature: string, secret: string, tolerance: number, now: number): boolean {
  try {
    const { verifyHeader } = sdk();
    return verifyHeader(NOTHING, signature, secret, tolerance, new ReceivedBytes(request.body), now * 1000);
  } catch {
    return false;
  }
}

function sdk() {
  if (!Stripe.webhooks.signature) throw new Error("This version of the stripe package has no signature check.");
  const { signature } = Stripe.webhooks;
  return { verifyHeader: signature.verifyHeader.bind(signature) };
}

/** The payload for the SDK, so that what it passes on for signing is only the prefix `<t>.`. */
const NOTHING = new Uint8Array(0);

/** Signs the received bytes. The SDK itself decodes them first, which turns invalid UTF-8 into other bytes. */
class ReceivedBytes extends Stripe.CryptoProvider {
  constructor(private readonly body: Buffer) {
    super();
  }

  override computeHMACSignature(prefix: string, secret: string): string {
    return hmacSha256(secret, prefix, this.body).toString("hex");
  }
}

function timestampOf(request: RawRequest): number | undefined {
  return parseUnixTimestamp(/(?:^|,)\s*t=(\d+)/.exec(header(request, "stripe-signature") ?? "")?.[1]);
}

const PENDING = Buffer.from('"pending_webhooks"');
const LONGEST_COUNT = 64;
const AT_ONCE = 64 * 1024;

/**
 * `pending_webhooks` counts endpoints that have not answered yet, so it may differ between retries of one event. In parts: a
 * copy of 10 MiB for each body that is being received would be most of our memory.
 */
function* withoutPendingWebhooks(body: Buffer): Iterable<string> {
  let from = 0;
  for (let at = body.indexOf(PENDING); at >= 0; at = body.indexOf(PENDING, at + 1)) {
    const count = /^"pending_webhooks"\s*:\s*\d+/.exec(body.toString("latin1", at, at + LONGEST_COUNT))?.[0];
    if (count === undefined) continue;
    yield* inParts(body.subarray(0, at));
    from = at + count.length;
    break;
  }
  yield* inParts(body.subarray(from));
}

function* inParts(bytes: Buffer): Iterable<string> {
  for (let at = 0; at < bytes.length; at += AT_ONCE) yield bytes.toString("latin1", at, at + AT_ONCE);
}
