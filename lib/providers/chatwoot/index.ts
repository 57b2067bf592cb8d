/**
 * Chatwoot. Signed since v4.11.2 (account webhooks) and v4.13.0 (API inboxes, agent bots): HMAC-SHA256 over
 * `<timestamp>.<body>`, see lib/webhooks/trigger.rb in chatwoot/chatwoot. Older servers do not sign.
 */
import { randomBytes } from "node:crypto";
import { decodeHex, hmacSha256, isStale, parseUnixTimestamp, sameDigest, sha256Hex } from "../hmac";
import { textMemberOf } from "../json-bytes";
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
import { at, idFrom, isoFromUnix, keyOfBody, keyWithBody, membersInCommon, timeFrom, typeFrom } from "../shape";
import { chatwootApi } from "./api";
import { logicalKeyOf } from "./objects";
import { chatwootSamples } from "./sample";
import { chatwootIdIn, chatwootSummary } from "./summary";

const SIGNATURE_PREFIX = "sha256=";
/**
 * An e-mail is in the body up to six times: its HTML in full, reply and quoted, and again in conversation.messages. Mail
 * servers take 25 MB with its attachments, which are not in the body. Chatwoot sends once and has no limit.
 */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

export const chatwoot: Provider = {
  slug: "chatwoot",
  label: "Chatwoot",
  mark: "Cw",
  scheme: "HMAC-SHA256 of timestamp and body in X-Chatwoot-Signature, within 5 minutes",
  setup:
    "In Chatwoot, open Settings → Integrations → Webhooks and add this URL with its events. Then set CHATWOOT_WEBHOOK_SECRET to the secret that the webhook shows.",
  secretsVariable: "CHATWOOT_WEBHOOK_SECRET",
  localSecrets: () => ({ CHATWOOT_WEBHOOK_SECRET: randomBytes(24).toString("hex") }),
  allowUnsignedVariable: "CHATWOOT_ALLOW_UNSIGNED",
  refusalStatus: 401,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: chatwootSamples,
  secretHeaders: ["x-chatwoot-signature"],
  forwardHeaders: ["x-chatwoot-delivery", "x-chatwoot-timestamp"],

  verify(request, context) {
    const repeated = refuseRepeated(request, ["x-chatwoot-signature", "x-chatwoot-timestamp", "x-chatwoot-delivery"]);
    if (repeated) return repeated;
    const sent = header(request, "x-chatwoot-signature")?.trim();
    const unchecked = !sent || context.secrets.length === 0;
    if (unchecked && context.allowUnsigned) return acceptAs("unsigned", request);
    if (!sent && context.source && isNeverSigned(textMemberOf(request.body, "event"))) {
      return acceptAs("token", request);
    }
    if (!sent) return refuse("unsigned", unsignedDetail(request));
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

  identify(request, payload, source): Identity {
    const eventType = typeFrom(at(payload, "event"));
    const account = accountOf(payload) ?? source?.organisationId;
    return {
      // Never X-Chatwoot-Delivery, which is not signed: an attacker who caught a request could send it again as another
      // event.
      eventKey: naturalKey(request, payload, eventType, account) ?? keyOfSigned(request),
      logicalKey: logicalKeyOf(eventType, account, idFrom(at(payload, "id"))),
      eventType,
      organisationId: account,
      companyId:
        idFrom(at(payload, "inbox", "id")) ??
        idFrom(at(payload, "inbox_id")) ??
        idFrom(at(payload, "conversation", "inbox_id")),
      objectId: objectOf(payload, eventType, account),
      replacesOlder: WHOLE_STATE.has(eventType),
      occurredAt: timeOf(request, payload, eventType),
      writtenTime: writtenTime(payload, eventType),
      flags: isInternal(payload) ? ["internal"] : [],
      fingerprint: eventType === "message_created" ? withoutSurroundings(payload, contentOf(request)) : undefined,
    };
  },

  summary: chatwootSummary,
  api: chatwootApi,
  searchTextIn: chatwootIdIn,
  eventTypes: { form: /^[a-z]+([_.][a-z]+)+$/, aliases: { message: ["message_created"] } },
};

/**
 * A private note, an agent typing one, or a message that a bot wrote. Senders have a `type`; older servers name a bot's class
 * in `sender_type`.
 */
function isInternal(payload: unknown): boolean {
  const isNote = at(payload, "private") === true || at(payload, "is_private") === true;
  const senders = [at(payload, "sender", "type"), at(payload, "sender_type"), at(payload, "user", "type")];
  return isNote || senders.some((type) => typeof type === "string" && BOTS.has(type.toLowerCase()));
}

const BOTS: ReadonlySet<string> = new Set(["agent_bot", "agentbot", "captain_assistant", "captain::assistant"]);

/**
 * Automation rules and macros post without a signature, on every version (automation_rules/action_service.rb and
 * macros/execution_service.rb in chatwoot/chatwoot). A source's token in the URL is their only proof. Everything else is
 * signed, so a missing signature is never replaced by the token.
 */
function isNeverSigned(event: string | undefined): boolean {
  return event !== undefined && (event.startsWith("automation_event.") || event === "macro.executed");
}

function unsignedDetail(request: RawRequest): string {
  const missing = "The X-Chatwoot-Signature header is missing.";
  return isNeverSigned(textMemberOf(request.body, "event"))
    ? `${missing} Chatwoot does not sign automation rules and macros: give them the URL of a source.`
    : missing;
}

/**
 * The message itself. An account's webhook, an API inbox's and a bot's each send it, with conversation and people as they
 * are when that request is made.
 */
function withoutSurroundings(payload: unknown, content: Buffer): string | undefined {
  const own = membersInCommon(payload, content, SURROUNDINGS);
  return own && JSON.stringify([own, idFrom(at(payload, "conversation", "id")) ?? null]);
}

const SURROUNDINGS = new Set(["conversation", "account", "inbox", "sender"]);

/**
 * Typing events carry their account only inside the conversation, those of rules and macros as a number. Conversation events
 * of servers before June 2026 name it only in their messages.
 */
function accountOf(payload: unknown): string | undefined {
  const places = [
    at(payload, "account", "id"),
    at(payload, "account_id"),
    at(payload, "conversation", "account", "id"),
    at(payload, "conversation", "account_id"),
    at(payload, "messages", 0, "account_id"),
    at(payload, "conversation", "messages", 0, "account_id"),
  ];
  return places.map(idFrom).find((id) => id !== undefined);
}

/** These carry the whole conversation or contact. A message never replaces an earlier one. */
const WHOLE_STATE: ReadonlySet<string> = new Set([
  "conversation_updated",
  "conversation_status_changed",
  "contact_updated",
]);

/**
 * For events without an id in the body: equal bytes with the same sending time are the same event. The time is signed with
 * the bytes, so an agent who types twice makes two events, and the same request under another delivery id makes none.
 */
function keyOfSigned(request: RawRequest): string {
  const timestamp = parseUnixTimestamp(header(request, "x-chatwoot-timestamp"));
  return timestamp === undefined ? keyOfBody(request) : `sha256:${sha256Hex(`${timestamp}.`, request.body)}`;
}

/**
 * The key of things that are created once is their id. A change of a conversation is named by when it changed and by the
 * whole body: two may happen in one second, and some servers write whole seconds. For other types `keyOfSigned` is used.
 */
function naturalKey(
  request: RawRequest,
  payload: unknown,
  eventType: string,
  account: string | undefined,
): string | undefined {
  const id = idFrom(at(payload, "id"));
  if (account === undefined || id === undefined) return undefined;
  switch (eventType) {
    case "message_created":
    case "conversation_created":
    case "contact_created":
      return logicalKeyOf(eventType, account, id);
    case "conversation_updated":
    case "conversation_status_changed": {
      const updatedAt = at(payload, "updated_at");
      return isoFromUnix(updatedAt) && keyWithBody(`${eventType}:${account}:${id}:${updatedAt}`, contentOf(request));
    }
    default:
      return undefined;
  }
}

/** Conversation ids count per account, so the account is part of the key. */
function objectOf(payload: unknown, eventType: string, account: string | undefined): string | undefined {
  // Rules and macros send the conversation itself.
  const [kind = ""] = isNeverSigned(eventType) ? ["conversation"] : eventType.split("_");
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

/** The body has the time of new messages and of changed conversations; for other events it is when Chatwoot sent them. */
function timeOf(request: RawRequest, payload: unknown, eventType: string): string | undefined {
  const written = writtenTime(payload, eventType);
  const isWritten = written !== undefined && written !== null;
  return isWritten ? timeFrom(written) : isoFromUnix(parseUnixTimestamp(header(request, "x-chatwoot-timestamp")));
}

function writtenTime(payload: unknown, eventType: string): unknown {
  if (eventType === "message_created") return at(payload, "created_at");
  const isConversation = eventType.startsWith("conversation_") || isNeverSigned(eventType);
  return isConversation ? at(payload, "updated_at") : undefined;
}
