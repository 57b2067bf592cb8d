/** What an event's page reads in addition to the event: its bytes, its neighbours, related events. Null: no such event. */

import type { EventNote } from "@/lib/contract/api/event-notes";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventNeighbours, RelatedEvents } from "@/lib/contract/events";
import { printId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { decoded } from "@/lib/pipeline/content";
import { shownBytes } from "@/lib/pipeline/mask";
import { findProvider } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { numberOf } from "./events";
import { withKnownWords } from "./known-words";
import { searchTimeoutFor, withinSearchTimeout } from "./search-timeout";

/** The bytes as users may get them: secrets are masked. Throws a `Refusal` when they were deleted. */
export async function readEventBody(
  id: string,
  asker: Scoped,
): Promise<{ id: string; bytes: Buffer; isJson: boolean } | null> {
  const number = numberOf(id);
  if (number === null) return null;
  const stored = await call("console", "read_event_body", { p_id: number, ...scopeOf(asker) });
  if (!stored) return null;
  const provider = findProvider(stored.provider_slug) ?? { slug: stored.provider_slug };
  if (stored.body_base64 === null) {
    throw new Refusal("body_forgotten", stored.body_forgotten ?? { at: null, days: null });
  }
  const received = Buffer.from(stored.body_base64, "base64");
  const content = await decoded(received, stored.content_encoding);
  return {
    id: printId("event", number),
    bytes: shownBytes(received, content, provider).bytes,
    isJson: stored.parse_status === "ok",
  };
}

/** Throws a `Refusal` for a search that is too broad, as the history does. */
export async function findNeighbours(id: string, asked: EventFilter, asker: Scoped): Promise<EventNeighbours | null> {
  const number = numberOf(id);
  if (number === null) return null;
  const filter = await withKnownWords(asked, asker);
  const args = { p_id: number, p_filter: filter, ...scopeOf(asker) };
  return withinSearchTimeout(filter, call("console", "event_neighbours", args, searchTimeoutFor(filter)));
}

export async function listRelatedEvents(id: string, asker: Scoped): Promise<RelatedEvents | null> {
  const number = numberOf(id);
  if (number === null) return null;
  return call("console", "list_related_events", { p_id: number, ...scopeOf(asker) });
}

/** Notes of staff, oldest first. */
export async function listEventNotes(id: string, asker: Scoped): Promise<EventNote[] | null> {
  const number = numberOf(id);
  return number === null ? null : call("console", "list_event_notes", { p_event_id: number, ...scopeOf(asker) });
}
