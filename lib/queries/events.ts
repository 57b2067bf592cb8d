/** Server reads of events, for pages and APIs. */

import type { EventFilter } from "@/lib/contract/event-filter";
import type { Attempt, EventDetail, EventPage } from "@/lib/contract/events";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { StoredAttempt, StoredEvent } from "@/lib/db/functions/reads";
import { decoded } from "@/lib/pipeline/content";
import { factsOf } from "@/lib/pipeline/event-facts";
import { maskEcho, maskSecrets, shownBytes } from "@/lib/pipeline/mask";
import { parseInTurns } from "@/lib/pipeline/parse";
import { findProvider } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { withKnownWords } from "./known-words";
import { searchTimeoutFor, withinSearchTimeout } from "./search-timeout";

/** A page shows no more of a body than get_event answers of one that is not compressed. */
const MOST_SHOWN_BYTES = 1024 * 1024;

/** Which page of the history: older than `cursor`, or newer than `after`. */
export interface EventPageRequest {
  limit: number;
  cursor?: string;
  after?: string;
}

/**
 * One page of the history, newest first. Throws a `Refusal` for a cursor that is not ours, for a provider or a type that does
 * not exist, and for a search that is too broad.
 */
export async function listEvents(
  asked: EventFilter,
  { limit, cursor, after }: EventPageRequest,
  asker: Scoped,
): Promise<EventPage> {
  checkCursor(cursor);
  checkCursor(after);
  const filter = await withKnownWords(asked, asker);
  const args = {
    p_filter: filter,
    p_limit: limit,
    p_cursor: cursor ?? null,
    p_after: after ?? null,
    ...scopeOf(asker),
  };
  return withinSearchTimeout(filter, call("console", "list_events", args, searchTimeoutFor(filter)));
}

/** How many events match, counted up to 10,000. */
export async function countEvents(asked: EventFilter, asker: Scoped): Promise<number> {
  const filter = await withKnownWords(asked, asker);
  const args = { p_filter: filter, ...scopeOf(asker) };
  return withinSearchTimeout(filter, call("console", "count_events", args, searchTimeoutFor(filter)));
}

/** Throws a `Refusal` for a cursor that is not ours. */
export function checkCursor(cursor: string | undefined): void {
  if (cursor === undefined || /^\d{1,17}\.\d{1,17}$/.test(cursor)) return;
  throw new Refusal("bad_cursor");
}

/** Everything about one event, by `we_12` or `12`. Null when the caller may see no such event. */
export async function getEvent(id: string, asker: Scoped): Promise<EventDetail | null> {
  const number = numberOf(id);
  if (number === null) return null;
  const stored = await call("console", "get_event", { p_id: number, ...scopeOf(asker) });
  if (stored === null) return null;
  const received = Buffer.from(stored.body_base64, "base64");
  const content = stored.body_forgotten ? received : await decoded(received, stored.content_encoding);
  return withoutSecrets(await withFacts(stored, content), received, content);
}

/** An event from before facts were stored has none in its row; its page reads them from the bytes. */
async function withFacts(stored: StoredEvent, content: Buffer): Promise<StoredEvent> {
  const isUnknown = stored.object_type === null && stored.customer_id === null && stored.amount === null;
  const provider = findProvider(stored.provider_slug);
  if (!isUnknown || stored.redacted_at !== null || stored.body_forgotten || !provider) return stored;
  const { value: payload } = await parseInTurns(content);
  const { terms, ...facts } = factsOf(provider, { eventType: stored.event_type, payload, headers: stored.headers });
  return { ...stored, ...facts };
}

/** The number in `we_12` or `12`; null for anything that cannot be an event's id. */
export function numberOf(id: string): number | null {
  return parseId("event", id) ?? null;
}

/** Masks secrets in a provider's bodies, also where an endpoint's answer repeats them. */
function withoutSecrets({ content_encoding, ...stored }: StoredEvent, received: Buffer, content: Buffer): EventDetail {
  const provider = findProvider(stored.provider_slug) ?? { slug: stored.provider_slug };
  const { bytes, isCovered } = shownBytes(received, content, provider);
  const readable = ({ response_body_base64, ...attempt }: StoredAttempt): Attempt => {
    const text = response_body_base64 === null ? null : Buffer.from(response_body_base64, "base64").toString("utf8");
    return { ...attempt, response_body: text && maskEcho(text, provider, content) };
  };
  return {
    ...stored,
    body_base64: bytes.toString("base64", 0, MOST_SHOWN_BYTES),
    body_cut: stored.body_cut || bytes.length > MOST_SHOWN_BYTES,
    content_base64:
      content === received ? null : maskSecrets(content, provider).toString("base64", 0, MOST_SHOWN_BYTES),
    body_covered: isCovered,
    deliveries: stored.deliveries.map((d) => ({ ...d, attempts: d.attempts.map(readable) })),
  };
}
