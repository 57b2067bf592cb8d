/**
 * The rows that Telnyx events keep up to date: `call_logs`, one per call, `sms_logs`, one per message, and
 * `sms_log_recipients`, one per recipient of a message. Telnyx does not guarantee any order, so each state of a call or
 * message has a rank that decides between events of one instant.
 */
import { type Change, impliedVersionOf, type ProjectableEvent, versionOf } from "../provider";
import { idFrom, present } from "../shape";
import {
  contentOf,
  type Direction,
  directionOf,
  isoAt,
  missing,
  phonesOf,
  subjectOf,
  timeOf,
  type Values,
} from "./payload";
import { errorOf, finalsOf, recipientRows, statusOf } from "./recipients";

type Row = (event: ProjectableEvent) => Change[];

export const telnyxProjections: Readonly<Record<string, Row>> = {
  "call.initiated": (event) =>
    callRows(event, 0, "inbound", {
      status: "initiated",
      started_at: timeOf(event, "start_time"),
    }),
  "call.answered": (event) => callRows(event, 1, undefined, { status: "answered", answered_at: timeOf(event) }),
  "call.hangup": (event) =>
    callRows(event, 2, undefined, {
      status: "completed",
      ended_at: timeOf(event, "end_time"),
      hangup_cause: idFrom(subjectOf(event, "hangup_cause")) ?? null,
    }),
  "message.received": (event) =>
    messageRows(event, 0, "inbound", { status: "received", received_at: timeOf(event, "received_at") }),
  "message.sent": (event) => messageRows(event, 1, "outbound", { status: "sent", sent_at: timeOf(event, "sent_at") }),
  "message.finalized": (event) =>
    // Of a group there is one for each recipient: the one that knows more of them is the later one.
    messageRows(event, 2 + finalsOf(event), "outbound", {
      status: statusOf(event),
      sent_at: isoAt(event, "sent_at"),
      finalized_at: timeOf(event, "completed_at"),
      error: errorOf(event),
    }),
};

/**
 * Later events of a call may have no direction, and then it is only likely that the caller is the customer. What such an event
 * says about the two numbers and the beginning of the call counts until an event comes that knows.
 */
function callRows(event: ProjectableEvent, rank: number, assumed: Direction | undefined, state: Values): Change[] {
  const callId = idFrom(subjectOf(event, "call_control_id"));
  if (callId === undefined) throw missing("call_control_id", "expected the id of a call");
  const direction = directionOf(event) ?? assumed;
  const row = { table: "call_logs", key: { call_id: callId } };
  const known = {
    ...businessOf(event),
    ...(direction && { ...phonesOf(event, direction, "required"), call_type: direction }),
    ...state,
  };
  const implied = present({
    started_at: isoAt(event, "start_time"),
    ...(!direction && phonesOf(event, "inbound")),
  });
  return [
    ...(Object.keys(implied).length > 0 ? [{ ...row, values: implied, version: impliedVersionOf(event, rank) }] : []),
    { ...row, values: present(known), version: versionOf(event, { rank }) },
  ];
}

function messageRows(event: ProjectableEvent, rank: number, usual: Direction, state: Values): Change[] {
  const messageId = idFrom(subjectOf(event, "id"));
  if (messageId === undefined) throw missing("id", "expected the id of a message");
  const direction = directionOf(event) ?? usual;
  const message: Change = {
    table: "sms_logs",
    key: { message_id: messageId },
    values: present({
      ...businessOf(event),
      ...phonesOf(event, direction, "required"),
      message_type: direction,
      content: contentOf(event) ?? null,
      ...state,
    }),
    version: versionOf(event, { rank }),
  };
  return direction === "outbound" ? [message, ...recipientRows(event, messageId)] : [message];
}

/** Our own field, not Telnyx's: the application that places the call may set it. Without it the column is left alone. */
function businessOf(event: ProjectableEvent): Values {
  const businessId = subjectOf(event, "business_id");
  return typeof businessId === "string" && businessId !== "" ? { business_id: businessId } : {};
}
