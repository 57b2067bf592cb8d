/** The row that accept stores of a verified request: its sender and identity, as well as the bytes. */
import { createHash } from "node:crypto";
import type { EventFlag, EventOrigin } from "@/lib/contract/vocabulary";
import type { NewEvent } from "@/lib/db/functions/journey";
import {
  contentOf,
  header,
  type Identity,
  type Provider,
  type Source,
  type VerifiedRequest,
} from "@/lib/providers/provider";
import { redactHeaders } from "@/lib/providers/redact";
import { isDense } from "./dense";
import { factsOf } from "./event-facts";
import { maskSecrets } from "./mask";
import { type ParsedBody, parseBody, parseInTurns } from "./parse";
import { storable } from "./storable";
import { shownPath, spellingsOfToken } from "./webhook-path";

/** `eventRow` for a body of any size: a large one is parsed in steps, so that it does not block the thread. */
export async function eventRowInTurns(
  provider: Provider,
  request: VerifiedRequest,
  requestId: string,
  source?: Source,
): Promise<EventRow> {
  return eventRow(provider, request, requestId, source, await parseInTurns(contentOf(request)));
}

/**
 * The row of a verified request. Postgres can hold every text in it, so a verified event is never refused. What `source` is
 * bound to takes precedence over what the event says itself.
 */
export function eventRow(
  provider: Provider,
  request: VerifiedRequest,
  requestId: string,
  source?: Source,
  parsed: ParsedBody = parseBody(contentOf(request)),
) {
  const identity: Identity = provider.identify(request, parsed.value, source);
  const tokens = spellingsOfToken(request.path);
  const content = contentOf(request);
  // Only what is kept as payload is masked here.
  const hasSecrets = parsed.status === "ok" && (tokens.length > 0 || provider.secretFields !== undefined);
  const shown = hasSecrets ? maskSecrets(content, provider, tokens) : content;
  return {
    source_id: source?.id ?? null,
    provider: provider.slug,
    event_key: storableKey(identity.eventKey),
    event_type: storable(identity.eventType, 255) ?? "unknown",
    trust: request.trust,
    parse_status: parsed.status,
    flags: flagsOf(parsed, identity),
    organisation_id: storable(source?.organisationId ?? identity.organisationId, 255),
    company_id: storable(source?.companyId ?? identity.companyId, 255),
    object_id: storable(identity.objectId, 255),
    replaces_older: identity.replacesOlder ?? false,
    livemode: identity.livemode ?? null,
    unsigned_key: provider.unsignedKeys ?? false,
    secret_fields: provider.secretFields ? [...provider.secretFields] : null,
    /** The bytes themselves: they are encoded only when they are stored, so that a waiting event has no copies. */
    body: request.body,
    /** The bytes that the payload is made of, when they differ from the body. */
    shown_body: parsed.status !== "ok" || shown === request.body ? null : shown,
    fingerprint: sha256(identity.fingerprint ?? request.body),
    rendering: storable(identity.rendering, 255),
    equal_bytes: identity.equalBytes ?? null,
    method: request.method,
    path: shownPath(request.path),
    headers: redactHeaders(request.headers, provider, tokens),
    content_type: storable(request.contentType ?? header(request, "content-type"), 255),
    request_id: requestId,
    occurred_at: storableTime(identity.occurredAt),
    logical_key: identity.logicalKey === undefined ? null : storableKey(identity.logicalKey),
    origin: (provider.published ? "published" : "webhook") as EventOrigin,
    ...factsOf(provider, {
      eventType: identity.eventType,
      payload: parsed.value,
      headers: request.headers,
      settings: source?.settings,
    }),
  };
}

/** The identity of an authentic request that is not accepted: its organisation and event key. */
export async function nameOf(provider: Provider, request: VerifiedRequest, source?: Source) {
  const { value } = await parseInTurns(contentOf(request));
  const { eventKey, organisationId } = provider.identify(request, value, source);
  return {
    event_key: storableKey(eventKey),
    organisation_id: storable(source?.organisationId ?? organisationId, 255),
  };
}

/** `traceparent`: see lib/tracing. */
export type EventRow = ReturnType<typeof eventRow> & { traceparent?: string };

/** The weight of an event in a batch. */
export function bytesOf({ body, shown_body }: EventRow): number {
  return body.length + (shown_body?.length ?? 0);
}

/** The row as accept_events reads it. */
export function encoded(row: EventRow): NewEvent {
  return {
    ...row,
    body: row.body.toString("base64"),
    ...(isDense(row.body) && { is_dense: true }),
    shown_body: row.shown_body?.toString("base64") ?? null,
  };
}

/** Keys must remain distinct: a key that cannot be stored unchanged is replaced by its hash. */
export function storableKey(key: string): string {
  const fits = key !== "" && Buffer.byteLength(key) <= 1024 && key.isWellFormed() && !key.includes("\0");
  return fits ? key : `sha256:${sha256(Buffer.from(key, "utf16le"))}`;
}

/** What is suspicious about an event that is stored all the same. */
function flagsOf(parsed: ParsedBody, { writtenTime, occurredAt, flags = [] }: Identity): EventFlag[] {
  const isWritten = writtenTime !== undefined && writtenTime !== null && writtenTime !== "";
  return [
    ...(parsed.hasRepeatedKeys ? ["repeated_keys" as const] : []),
    ...(isWritten && storableTime(occurredAt) === null ? ["impossible_time" as const] : []),
    ...flags,
  ];
}

/** No provider is older. */
const EARLIEST = Date.UTC(2000, 0, 1);
const YEAR_MS = 365 * 24 * 3600 * 1000;

/**
 * A plausible time of the event, else null, and then the event counts from when it was received: an event from the year 9000
 * would win over every later one. Clocks may differ, so up to a year ahead is accepted.
 */
function storableTime(iso: string | undefined): string | null {
  if (iso === undefined || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(iso)) return null;
  const at = Date.parse(iso);
  return at >= EARLIEST && at <= Date.now() + YEAR_MS ? iso : null;
}

function sha256(data: string | Buffer | Iterable<string>): string {
  const hash = createHash("sha256");
  for (const part of typeof data === "string" || Buffer.isBuffer(data) ? [data] : data) hash.update(part);
  return hash.digest("hex");
}
