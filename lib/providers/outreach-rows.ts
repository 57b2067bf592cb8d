/**
 * The rows of campaigns by e-mail (Smartlead) or LinkedIn (HeyReach): `campaigns`, `leads` and `messages`, keyed per
 * provider and organisation. Values are ordered by time, a status by rank: a bounce has the time its message was sent, and
 * an open may arrive after the reply.
 */
import { sha256Hex } from "./hmac";
import { type Change, type Json, type ProjectableEvent, rankedVersionOf, versionOf } from "./provider";
import { at, idFrom, objectIn, present } from "./shape";

/** An index entry holds 2,704 bytes over all columns, so a longer id is replaced by its hash. */
const LONGEST_ID_BYTES = 300;

export interface Status {
  status: string;
  /** Later states have higher ranks. */
  rank: number;
}

type Values = Record<string, Json | undefined>;

export function campaignRow(event: ProjectableEvent, campaignId: string, values: Values): Change[] {
  return rows(event, "campaigns", { campaign_id: rowId(campaignId) }, values);
}

/** A lead has a row per campaign: it may have answered in one and bounced in another. */
export function leadRow(
  event: ProjectableEvent,
  campaignId: string | undefined,
  leadId: string,
  values: Values,
  status?: Status,
): Change[] {
  return rows(event, "leads", { campaign_id: rowId(campaignId ?? ""), lead_id: rowId(leadId) }, values, status);
}

export function messageRow(event: ProjectableEvent, messageId: string, values: Values, status?: Status): Change[] {
  return rows(event, "messages", { message_id: rowId(messageId) }, values, status);
}

function rows(
  event: ProjectableEvent,
  table: string,
  own: Record<string, string>,
  given: Values,
  status?: Status,
): Change[] {
  const key = { provider: event.provider, organisation_id: event.organisationId ?? "", ...own };
  const values = present(given);
  // Of two events of one time, the one with the later state says more: a reply has its own subject.
  const hints = { finer: beyondMicroseconds(event), rank: status?.rank };
  const facts: Change[] =
    Object.keys(values).length > 0 ? [{ table, key, values, version: versionOf(event, hints) }] : [];
  if (!status) return facts;
  const version = rankedVersionOf(event, status.rank, hints);
  return [...facts, { table, key, values: { status: status.status }, version }];
}

/** The digits of the event's time that Postgres does not keep: HeyReach writes seven. */
function beyondMicroseconds(event: ProjectableEvent): string | undefined {
  const written = at(event.payload, "timestamp");
  const [, digits] = /\.\d{6}(\d{1,3})/.exec(typeof written === "string" ? written : "") ?? [];
  return digits?.padEnd(3, "0");
}

/** An id that is too long for an index is replaced by its hash, so that it still identifies one row. */
export function rowId(id: string): string {
  return Buffer.byteLength(id) <= LONGEST_ID_BYTES ? id : `sha256:${sha256Hex(id)}`;
}

/** The key of an event without an id from its provider: the hash of the parts that identify it. */
export function hashedKey(...parts: unknown[]): string {
  return `sha256:${sha256Hex(JSON.stringify(parts.map((part) => part ?? null)))}`;
}

/** The first of these values that is an id. */
export function firstId(...values: unknown[]): string | undefined {
  return values.map(idFrom).find((id) => id !== undefined);
}

/** The first of these members of a payload that is an id. */
export function idAt(event: ProjectableEvent, ...names: string[]): string | undefined {
  const payload = objectIn(event);
  return firstId(...names.map((name) => at(payload, name)));
}
