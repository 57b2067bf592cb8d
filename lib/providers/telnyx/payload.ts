/** Reads the payload of a Telnyx event: the two sides, what was said, and when. */
import { InvalidPayload, type Json, type ProjectableEvent } from "../provider";
import { at, idFrom, isoFrom, objectIn, textFrom } from "../shape";

export type Direction = "inbound" | "outbound";
export type Values = Record<string, Json | undefined>;

/** Calls say incoming and outgoing, messages say inbound and outbound. */
export function directionOf(event: ProjectableEvent): Direction | undefined {
  const written = subjectOf(event, "direction");
  if (written === "incoming" || written === "inbound") return "inbound";
  if (written === "outgoing" || written === "outbound") return "outbound";
  return undefined;
}

/** Both sides of a call or message. `required`: throws where a side is missing. */
export function phonesOf(event: ProjectableEvent, direction: Direction, required?: "required"): Values {
  const [from, to] = (["from", "to"] as const).map((field) => {
    const side = sideOf(subjectOf(event, field));
    if (side === undefined && required) throw missing(field, "expected a phone number or the id of an agent");
    return side;
  });
  return direction === "inbound"
    ? { customer_phone: from, business_phone: to }
    : { customer_phone: to, business_phone: from };
}

/**
 * A number is text in calls and old messages, an object in messages; an agent of RCS has an id instead. `to` of a message is
 * a list, the first counts: `sms_log_recipients` has them all.
 */
export function sideOf(written: unknown): string | undefined {
  const first = Array.isArray(written) ? written[0] : written;
  if (typeof first !== "object") return idFrom(first);
  return idFrom(at(first, "phone_number")) ?? idFrom(at(first, "agent_id"));
}

/** An SMS has `text`. RCS and WhatsApp have it in `body`, received and sent in different members. */
export function contentOf(event: ProjectableEvent): string | undefined {
  const body = subjectOf(event, "body");
  const places = [
    subjectOf(event, "text"),
    at(body, "text"),
    at(body, "text", "body"),
    at(body, "content_message", "text"),
    at(body, "suggestion_response", "text"),
  ];
  return places.map((text) => textFrom(text)).find((text) => text !== undefined) ?? textFrom(body);
}

export function timeOf(event: ProjectableEvent, field?: string): string {
  return (field === undefined ? undefined : isoAt(event, field)) ?? event.occurredAt ?? event.receivedAt;
}

export function isoAt(event: ProjectableEvent, field: string): string | undefined {
  return isoFrom(subjectOf(event, field));
}

export function subjectOf(event: ProjectableEvent, field: string): unknown {
  return at(objectIn(event, "data", "payload"), field);
}

export function missing(field: string, expectation: string): InvalidPayload {
  return new InvalidPayload(`data.payload.${field}`, expectation);
}
