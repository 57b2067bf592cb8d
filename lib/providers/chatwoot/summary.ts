/** Whom a Chatwoot event is about: the contact of the conversation, never the agent who wrote. */
import { header, type SummarisedEvent, type Summary } from "../provider";
import { at, idFrom } from "../shape";

export function chatwootSummary({ eventType, payload, headers = [] }: SummarisedEvent): Summary {
  const contact = contactOf(payload, eventType);
  const customerId = idFrom(at(contact, "id")) ?? idFrom(at(payload, "conversation", "contact_inbox", "contact_id"));
  const [kind = ""] = eventType.split("_");
  return {
    ...(customerId !== undefined && { customerId }),
    ...(["conversation", "contact", "inbox", "message"].includes(kind) && { objectType: kind }),
    searchable: [
      header({ headers }, "x-chatwoot-delivery"),
      at(contact, "name"),
      at(contact, "email"),
      at(contact, "phone_number"),
      at(contact, "identifier"),
    ],
  };
}

/** `…/app/accounts/1/conversations/42`, on whatever host the server has. */
export function chatwootIdIn({ pathname }: URL): string | undefined {
  const [, account, kind, id] =
    /^\/app\/accounts\/(\d{1,15})\/(?:.*\/)?(conversation|contact)s\/(\d{1,15})(?:\/|$)/.exec(pathname) ?? [];
  return kind && `${kind}:${account}:${id}`;
}

function contactOf(payload: unknown, eventType: string): unknown {
  if (eventType.startsWith("contact_")) return payload;
  const sender = at(payload, "conversation", "meta", "sender") ?? at(payload, "meta", "sender");
  if (sender !== undefined) return sender;
  const isFromContact = at(payload, "message_type") === "incoming" || at(payload, "sender", "type") === "contact";
  return isFromContact ? at(payload, "sender") : at(payload, "contact");
}
