/**
 * The rows that Telnyx events keep up to date: `call_logs`, one per call, and `sms_logs`, one per message. Telnyx does not
 * guarantee any order, so each state of a call or message has a rank that decides between events of one instant.
 */
import { type Change, InvalidPayload, type Json, type ProjectableEvent, versionOf } from "../provider";
import { at, idFrom, isoFrom, objectIn, textFrom } from "../shape";

type Row = (event: ProjectableEvent) => Change[];
type Direction = "inbound" | "outbound";

export const telnyxProjections: Readonly<Record<string, Row>> = {
  "call.initiated": (event) =>
    callRow(event, 0, "inbound", {
      status: "initiated",
      started_at: timeOf(event, "start_time"),
    }),
  "call.answered": (event) => callRow(event, 1, undefined, { status: "answered", answered_at: timeOf(event) }),
  "call.hangup": (event) =>
    callRow(event, 2, undefined, {
      status: "completed",
      ended_at: timeOf(event, "end_time"),
      hangup_cause: idFrom(subjectOf(event, "hangup_cause")) ?? null,
    }),
  "message.received": (event) =>
    messageRow(event, 0, "inbound", { status: "received", received_at: timeOf(event, "received_at") }),
  "message.sent": (event) => messageRow(event, 1, "outbound", { status: "sent", sent_at: timeOf(event, "sent_at") }),
  "message.finalized": (event) =>
    messageRow(event, 2, "outbound", {
      status: deliveryStatus(event),
      finalized_at: timeOf(event, "completed_at"),
      error: firstError(event),
    }),
};

/**
 * Later events of a call may have no direction. Then the two numbers are left to `call.initiated`, because without a
 * direction it is unknown which of them is the customer.
 */
function callRow(
  event: ProjectableEvent,
  rank: number,
  assumed: Direction | undefined,
  state: Record<string, Json>,
): Change[] {
  const callId = idFrom(subjectOf(event, "call_control_id"));
  if (callId === undefined) throw missing("call_control_id", "expected the id of a call");
  const direction = directionOf(event) ?? assumed;
  return [
    {
      table: "call_logs",
      key: { call_id: callId },
      values: {
        ...businessOf(event),
        ...(direction && { ...phonesOf(event, direction), call_type: direction }),
        ...state,
      },
      version: versionOf(event, rank),
    },
  ];
}

function messageRow(event: ProjectableEvent, rank: number, usual: Direction, state: Record<string, Json>): Change[] {
  const messageId = idFrom(subjectOf(event, "id"));
  if (messageId === undefined) throw missing("id", "expected the id of a message");
  const direction = directionOf(event) ?? usual;
  return [
    {
      table: "sms_logs",
      key: { message_id: messageId },
      values: {
        ...businessOf(event),
        ...phonesOf(event, direction),
        message_type: direction,
        content: textFrom(subjectOf(event, "text")) ?? null,
        ...state,
      },
      version: versionOf(event, rank),
    },
  ];
}

/** Calls say incoming and outgoing, messages say inbound and outbound. */
function directionOf(event: ProjectableEvent): Direction | undefined {
  const written = subjectOf(event, "direction");
  if (written === "incoming" || written === "inbound") return "inbound";
  if (written === "outgoing" || written === "outbound") return "outbound";
  return undefined;
}

function phonesOf(event: ProjectableEvent, direction: Direction): Record<string, Json> {
  const from = phoneAt(event, "from");
  const to = phoneAt(event, "to");
  return direction === "inbound"
    ? { customer_phone: from, business_phone: to }
    : { customer_phone: to, business_phone: from };
}

/** A number is text in calls and old messages, an object in messages; `to` of a message is a list, the first counts. */
function phoneAt(event: ProjectableEvent, field: "from" | "to"): string {
  const written = subjectOf(event, field);
  const first = Array.isArray(written) ? written[0] : written;
  const phone = idFrom(typeof first === "object" ? at(first, "phone_number") : first);
  if (phone === undefined) throw missing(field, "expected a phone number");
  return phone;
}

/** Our own field, not Telnyx's: the application that places the call may set it. Without it the column is left alone. */
function businessOf(event: ProjectableEvent): Record<string, Json> {
  const businessId = subjectOf(event, "business_id");
  return typeof businessId === "string" && businessId !== "" ? { business_id: businessId } : {};
}

/** `message.finalized` also reports failure; only the recipient's status shows which it is. */
function deliveryStatus(event: ProjectableEvent): string {
  const status = idFrom(at(subjectOf(event, "to"), 0, "status"));
  if (status === undefined) throw missing("to[0].status", "expected a delivery status");
  return status;
}

function firstError(event: ProjectableEvent): string | null {
  const error = at(subjectOf(event, "errors"), 0);
  const words = [at(error, "code"), at(error, "title"), at(error, "detail")].map(idFrom).filter(Boolean);
  return words.length > 0 ? words.join(": ") : null;
}

function timeOf(event: ProjectableEvent, field?: string): string {
  const own = field === undefined ? undefined : isoFrom(subjectOf(event, field));
  return own ?? event.occurredAt ?? event.receivedAt;
}

function subjectOf(event: ProjectableEvent, field: string): unknown {
  return at(objectIn(event, "data", "payload"), field);
}

function missing(field: string, expectation: string): InvalidPayload {
  return new InvalidPayload(`data.payload.${field}`, expectation);
}
