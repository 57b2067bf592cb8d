/**
 * The recipients of a message. A group message has several, each with a status of its own, and an event for each of them that
 * repeats what is known of the others.
 */
import { type Change, type ProjectableEvent, rankedVersionOf } from "../provider";
import { at, idFrom, present, textFrom } from "../shape";
import { missing, sideOf, subjectOf, timeOf } from "./payload";

const MOST_RECIPIENTS = 100;

/** Later states have higher ranks, so that what an event repeats of the others never takes one back. */
const RANKS: Readonly<Record<string, number>> = {
  queued: 1,
  sending: 2,
  sent: 3,
  delivery_unconfirmed: 7,
  sending_failed: 8,
  delivery_failed: 8,
  delivered: 9,
};
const UNKNOWN_RANK = 4;
const FINAL_RANK = 7;

export function recipientRows(event: ProjectableEvent, messageId: string): Change[] {
  const final = event.eventType === "message.finalized";
  return recipientsOf(event).map(({ recipient, status, carrier }) => ({
    table: "sms_log_recipients",
    key: { message_id: messageId, recipient },
    values: present({
      status,
      carrier,
      // Telnyx does not say whose errors they are: they are not of one who got the message.
      error: isFailure(status) ? (errorsOf(event) ?? null) : null,
      finalized_at: final && rankOf(status) >= FINAL_RANK ? timeOf(event, "completed_at") : undefined,
    }),
    version: rankedVersionOf(event, rankOf(status)),
  }));
}

/** `message.finalized` also reports failure. Of a group it says what all have in common. */
export function statusOf(event: ProjectableEvent): string {
  const statuses = new Set(recipientsOf(event).map(({ status }) => status));
  const [only] = statuses;
  if (only === undefined) throw missing("to[0].status", "expected a delivery status");
  if (statuses.size === 1) return only;
  if (statuses.has("delivered")) return "partially_delivered";
  return [...statuses].sort((a, b) => rankOf(b) - rankOf(a))[0] ?? only;
}

/** The number of recipients whose status does not change any more. */
export function finalsOf(event: ProjectableEvent): number {
  return Math.min(90, recipientsOf(event).filter(({ status }) => rankOf(status) >= FINAL_RANK).length);
}

export function errorOf(event: ProjectableEvent): string | null {
  return errorsOf(event) ?? null;
}

interface Recipient {
  recipient: string;
  status: string;
  carrier?: string;
}

function recipientsOf(event: ProjectableEvent): Recipient[] {
  const to = subjectOf(event, "to");
  const listed = (Array.isArray(to) ? to : [to]).slice(0, MOST_RECIPIENTS);
  return listed.flatMap((one) => {
    const [recipient, status] = [sideOf(one), idFrom(at(one, "status"))];
    const carrier = textFrom(at(one, "carrier"), 255);
    return recipient === undefined || status === undefined ? [] : [{ recipient, status, ...(carrier && { carrier }) }];
  });
}

function errorsOf(event: ProjectableEvent): string | undefined {
  const error = at(subjectOf(event, "errors"), 0);
  const words = [at(error, "code"), at(error, "title"), at(error, "detail")].map(idFrom).filter(Boolean);
  return words.length > 0 ? words.join(": ") : undefined;
}

function isFailure(status: string): boolean {
  return status.endsWith("failed");
}

function rankOf(status: string): number {
  return Object.hasOwn(RANKS, status) ? (RANKS[status] as number) : UNKNOWN_RANK;
}
