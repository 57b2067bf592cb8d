/** Whom a Telnyx event is about: the number at the other end. Its `cost` is our own, so it is no customer's money. */
import type { SummarisedEvent, Summary } from "../provider";
import { at, idFrom } from "../shape";

/** A group message has at most eight recipients. */
const MOST_RECIPIENTS = 8;

export function telnyxSummary({ eventType, payload }: SummarisedEvent): Summary {
  const subject = at(payload, "data", "payload") ?? payload;
  const from = numberOf(at(subject, "from"));
  const to = numbersIn(at(subject, "to"));
  const direction = at(subject, "direction");
  const isInbound = direction === "incoming" || direction === "inbound" || eventType === "message.received";
  const [kind = ""] = eventType.split(".");
  const customerId = isInbound ? from : direction === undefined && kind === "call" ? undefined : to[0];
  return {
    ...(customerId !== undefined && { customerId }),
    ...(["call", "message"].includes(kind) && { objectType: kind }),
    searchable: [from, ...to, at(subject, "call_session_id"), at(subject, "call_leg_id")],
  };
}

/** The portal ends an address with the id of the message or call. */
export function telnyxIdIn({ hostname, pathname, hash }: URL): string | undefined {
  if (hostname !== "portal.telnyx.com") return undefined;
  return `${pathname}/${hash}`
    .split(/[/?#&=]/)
    .findLast((part) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part));
}

function numbersIn(to: unknown): string[] {
  const list = Array.isArray(to) ? to.slice(0, MOST_RECIPIENTS) : [to];
  return list.map(numberOf).filter((number) => number !== undefined);
}

function numberOf(party: unknown): string | undefined {
  return idFrom(typeof party === "object" ? (at(party, "phone_number") ?? at(party, "agent_id")) : party);
}
