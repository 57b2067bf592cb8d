/**
 * Chatwoot. Signed since v4.11.2 (account webhooks) and v4.13.0 (API inboxes, agent bots): HMAC-SHA256 over
 * `<timestamp>.<body>`, see lib/webhooks/trigger.rb in chatwoot/chatwoot. Older servers sign nothing.
 */
import { decodeHex, hmacSha256, isStale, parseUnixTimestamp, sameDigest } from "./hmac";
import { acceptAs, header, type Identity, type Provider, type RawRequest, refuse } from "./provider";
import { at, idFrom, isoFrom, isoFromUnix, keyFrom, keyOfBody, typeFrom } from "./shape";

const SIGNATURE_PREFIX = "sha256=";

export const chatwoot: Provider = {
  slug: "chatwoot",
  label: "Chatwoot",
  scheme: "HMAC-SHA256 of timestamp and body in X-Chatwoot-Signature, within 5 minutes",
  setup:
    "In Chatwoot, open Settings → Integrations → Webhooks and add this URL with its events. Then set CHATWOOT_WEBHOOK_SECRET to the secret that the webhook shows.",
  secretsVariable: "CHATWOOT_WEBHOOK_SECRET",
  allowUnsignedVariable: "CHATWOOT_ALLOW_UNSIGNED",
  refusalStatus: 401,
  secretHeaders: ["x-chatwoot-signature"],
  forwardHeaders: ["x-chatwoot-delivery", "x-chatwoot-timestamp"],

  verify(request, context) {
    const sent = header(request, "x-chatwoot-signature")?.trim();
    const unchecked = !sent || context.secrets.length === 0;
    if (unchecked && context.allowUnsigned) return acceptAs("unsigned", request);
    if (!sent) return refuse("unsigned", "The X-Chatwoot-Signature header is missing.");
    const written = header(request, "x-chatwoot-timestamp");
    const timestamp = parseUnixTimestamp(written);
    if (timestamp === undefined) return refuse("malformed", "X-Chatwoot-Timestamp must be a time in unix seconds.");
    const digest = sent.startsWith(SIGNATURE_PREFIX) ? decodeHex(sent.slice(SIGNATURE_PREFIX.length)) : undefined;
    if (digest?.length !== 32) return refuse("malformed", "The signature must be sha256= and 64 hex digits.");
    const matches = context.secrets.some((secret) =>
      sameDigest(hmacSha256(secret, `${written}.`, request.body), digest),
    );
    if (!matches) return refuse("bad_signature", "The signature matches no configured Chatwoot secret.");
    if (isStale(timestamp, context.now)) return refuse("stale", "The signature is right but not from these 5 minutes.");
    return acceptAs("signed", request);
  },

  identify(request, payload): Identity {
    const eventType = typeFrom(at(payload, "event"));
    const account = accountOf(payload);
    return {
      eventKey: deliveryOf(request) ?? naturalKey(payload, eventType, account) ?? keyOfBody(request),
      eventType,
      organisationId: account,
      companyId:
        idFrom(at(payload, "inbox", "id")) ??
        idFrom(at(payload, "inbox_id")) ??
        idFrom(at(payload, "conversation", "inbox_id")),
      objectId: objectOf(payload, eventType, account),
      replacesOlder: WHOLE_STATE.has(eventType),
      occurredAt: timeOf(request, payload, eventType),
    };
  },
};

/** Typing events carry their account only inside the conversation. */
function accountOf(payload: unknown): string | undefined {
  return idFrom(at(payload, "account", "id")) ?? idFrom(at(payload, "conversation", "account", "id"));
}

/** These carry their conversation or contact as it is by then. A message is never made pointless by a later one. */
const WHOLE_STATE: ReadonlySet<string> = new Set([
  "conversation_updated",
  "conversation_status_changed",
  "contact_updated",
]);

/** Made when Chatwoot enqueues the webhook and kept on its retries. */
function deliveryOf(request: RawRequest): string | undefined {
  return keyFrom(header(request, "x-chatwoot-delivery")?.trim());
}

/**
 * Without a delivery id, things that are created once are known by their id, and conversations by when they changed.
 * Other types have no time of change: for them equal bytes have to do.
 */
function naturalKey(payload: unknown, eventType: string, account: string | undefined): string | undefined {
  const id = idFrom(at(payload, "id"));
  if (account === undefined || id === undefined) return undefined;
  switch (eventType) {
    case "message_created":
    case "conversation_created":
    case "contact_created":
      return `${eventType}:${account}:${id}`;
    case "conversation_updated":
    case "conversation_status_changed": {
      const updatedAt = at(payload, "updated_at");
      return isoFromUnix(updatedAt) && `${eventType}:${account}:${id}:${updatedAt}`;
    }
    default:
      return undefined;
  }
}

/** Ids of conversations count per account, so the account belongs into the name. */
function objectOf(payload: unknown, eventType: string, account: string | undefined): string | undefined {
  const [kind = ""] = eventType.split("_");
  const candidates: [string, unknown][] = [
    ["conversation", at(payload, "conversation", "id") ?? at(payload, "current_conversation", "id")],
    ["contact", at(payload, "contact", "id")],
    [kind, ["conversation", "contact", "inbox"].includes(kind) ? at(payload, "id") : undefined],
  ];
  for (const [name, candidate] of candidates) {
    const id = idFrom(candidate);
    if (account !== undefined && id !== undefined) return `${name}:${account}:${id}`;
  }
  return undefined;
}

/** The body tells the time of new messages and of changed conversations; for the rest it is when Chatwoot sent it. */
function timeOf(request: RawRequest, payload: unknown, eventType: string): string | undefined {
  const fromBody = eventType === "message_created" ? isoFrom(at(payload, "created_at")) : undefined;
  const changed = eventType.startsWith("conversation_") ? isoFromUnix(at(payload, "updated_at")) : undefined;
  return fromBody ?? changed ?? isoFromUnix(parseUnixTimestamp(header(request, "x-chatwoot-timestamp")));
}
