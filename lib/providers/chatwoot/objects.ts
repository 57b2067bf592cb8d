/** Chatwoot's messages, conversations and contacts as its API lists them, and as the bodies of its webhooks have them. */
import { ApiFailure, type Entry } from "../api";
import type { Json } from "../provider";
import { webhookOf } from "../reconstruct";
import { at, idFrom, isoFromUnix, timeFrom } from "../shape";

/** What is created once is named by its id. Changes carry no name that the API lists. */
export function logicalKeyOf(
  eventType: string,
  account: string | undefined,
  id: string | undefined,
): string | undefined {
  const isCreation = /^(?:message|conversation|contact)_created$/.test(eventType);
  return isCreation && account !== undefined && id !== undefined ? `${eventType}:${account}:${id}` : undefined;
}

/** 2 is an activity, such as "resolved by Ada": of those there are no webhooks (message.rb, `webhook_sendable?`). */
const MESSAGE_TYPES: Readonly<Record<string, string>> = { 0: "incoming", 1: "outgoing", 3: "template" };

/** Undefined for what Chatwoot sends no webhook of. */
export function messageEntry(account: string, conversation: unknown, message: unknown): Entry | undefined {
  const type = MESSAGE_TYPES[String(at(message, "message_type"))];
  if (type === undefined) return undefined;
  const createdAt = timeOf(message, "created_at");
  const inbox = at(conversation, "inbox_id") as Json;
  const body = {
    ...copied(message, ["id", "content", "content_type", "content_attributes", "source_id", "sender", "attachments"]),
    message_type: type,
    private: at(message, "private") === true,
    created_at: createdAt,
    account: { id: numberOf(account) },
    inbox: { id: inbox },
    conversation: { ...conversationBody(account, conversation), updated_at: at(conversation, "updated_at") as Json },
    event: "message_created",
  };
  const about = idFrom(at(conversation, "id"));
  return entryOf("message_created", account, message, createdAt, body, about && `conversation:${account}:${about}`);
}

export function conversationEntry(account: string, conversation: unknown): Entry {
  const createdAt = timeOf(conversation, "created_at");
  const body = {
    ...conversationBody(account, conversation),
    // Its webhook has the time of its creation here, and its state as it was then.
    updated_at: at(conversation, "created_at") as Json,
    changed_attributes: null,
    event: "conversation_created",
  };
  return entryOf("conversation_created", account, conversation, createdAt, body);
}

export function contactEntry(account: string, contact: unknown): Entry {
  const createdAt = timeOf(contact, "created_at");
  const names = ["id", "name", "email", "phone_number", "identifier", "thumbnail", "additional_attributes"];
  const body = {
    ...copied(contact, [...names, "custom_attributes"]),
    account: { id: numberOf(account) },
    event: "contact_created",
  };
  return entryOf("contact_created", account, contact, createdAt, body);
}

/** Chatwoot writes unix seconds in lists. Throws for an object without its time, which could not be placed. */
export function timeOf(object: unknown, field: string): string {
  const written = at(object, field);
  const time = typeof written === "number" ? isoFromUnix(written) : timeFrom(written);
  if (time === undefined) throw new ApiFailure("malformed", `Chatwoot's answer has an object without ${field}.`);
  return time;
}

function entryOf(
  eventType: string,
  account: string,
  object: unknown,
  occurredAt: string,
  body: Json,
  objectId?: string,
): Entry {
  const id = idFrom(at(object, "id"));
  const logicalKey = logicalKeyOf(eventType, account, id);
  if (logicalKey === undefined) throw new ApiFailure("malformed", "Chatwoot's answer has an object without an id.");
  const [kind] = eventType.split("_");
  return {
    logicalKey,
    eventType,
    objectId: objectId ?? `${kind}:${account}:${id}`,
    occurredAt,
    origin: "reconstructed",
    // The body of a contact has no time: the header has it.
    webhook: webhookOf(body, [["X-Chatwoot-Timestamp", String(Math.floor(Date.parse(occurredAt) / 1_000))]]),
  };
}

/** Without its messages: each is an event of its own. */
function conversationBody(account: string, conversation: unknown): Record<string, Json | undefined> {
  const own = typeof conversation === "object" && conversation !== null ? { ...(conversation as object) } : {};
  return { ...own, messages: [], account: { id: numberOf(account) } } as Record<string, Json | undefined>;
}

function copied(object: unknown, names: readonly string[]): Record<string, Json | undefined> {
  return Object.fromEntries(names.map((name) => [name, at(object, name) as Json | undefined]));
}

function numberOf(digits: string): Json {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}
