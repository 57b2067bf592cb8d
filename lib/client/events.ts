import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventDetail, EventNeighbours, EventPage, RelatedEvents } from "@/lib/contract/events";
import { printEventFilter } from "@/lib/contract/print-filter";
import type { ReplayAnswer } from "@/lib/contract/replays";
import { ApiError, postJson, requestJson } from "./request";

export type EventListQuery = EventFilter & { cursor?: string; after?: string; limit?: number };

export function fetchEvents(query: EventListQuery, signal?: AbortSignal): Promise<EventPage> {
  return requestJson<EventPage>(`/api/webhooks/events?${printEventFilter(query)}`, { signal });
}

/** How many events match, counted up to 10,000. */
export async function fetchEventCount(filter: EventFilter, signal?: AbortSignal): Promise<number> {
  const query = printEventFilter(filter);
  const page = await requestJson<EventPage>(`/api/webhooks/events?${query}${query ? "&" : ""}limit=1&count=1`, {
    signal,
  });
  return page.total ?? 0;
}

export function fetchEvent(id: string, signal?: AbortSignal): Promise<EventDetail> {
  return requestJson<EventDetail>(`/api/webhooks/events/${encodeURIComponent(id)}`, { signal });
}

/** The previous and next event in the history that `query` filters. */
export function fetchNeighbours(id: string, query: string, signal?: AbortSignal): Promise<EventNeighbours> {
  return requestJson<EventNeighbours>(`/api/webhooks/events/${encodeURIComponent(id)}/neighbours?${query}`, { signal });
}

/** The events nearest in time that are about the same object or changed the same row. */
export function fetchRelatedEvents(id: string, signal?: AbortSignal): Promise<RelatedEvents> {
  return requestJson<RelatedEvents>(`/api/webhooks/events/${encodeURIComponent(id)}/related`, { signal });
}

/** The most events that one dialog marks: a user has to be able to give a reason for all of them. */
export const MOST_RESOLVED = 5_000;
/** The API's limit, of a page and of a resolution. */
const AT_ONCE = 500;

/** The ids of the newest events that match, at most `MOST_RESOLVED`. */
export async function fetchEventIds(filter: EventFilter, signal?: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetchEvents({ ...filter, cursor, limit: AT_ONCE }, signal);
    ids.push(...page.events.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor && ids.length < MOST_RESOLVED);
  return ids;
}

/** Marks failed or dead events as handled by a person, in parts of `AT_ONCE`. Nothing is delivered. */
export async function resolveEvents(eventIds: string[], reason: string) {
  const sum = { resolved: 0, not_resolved: 0 };
  for (let from = 0; from < eventIds.length; from += AT_ONCE) {
    const some = eventIds.slice(from, from + AT_ONCE);
    const answer = await resolveSome(some, reason).catch((error: unknown) => {
      // None of this part could be marked. That is an error only when none of all events could be.
      if (eventIds.length <= AT_ONCE || !(error instanceof ApiError) || error.status !== 409) throw error;
      return { resolved: 0, not_resolved: some.length };
    });
    sum.resolved += answer.resolved;
    sum.not_resolved += answer.not_resolved;
  }
  return sum;
}

function resolveSome(event_ids: string[], reason: string) {
  return postJson<{ resolved: number; not_resolved: number }>("/api/webhooks/events/resolve", { event_ids, reason });
}

/** Queues a replay of one event and returns at once. The event's page shows its progress. */
export async function replayEvent(
  event: Pick<EventDetail, "id" | "provider_slug" | "event_key" | "variant_of">,
  reason: string,
): Promise<Pick<ReplayAnswer, "replay_id">> {
  // Its key means the first version.
  if (event.variant_of) {
    return postJson<{ replay_id: string }>("/api/webhooks/replays", { selection: { event_ids: [event.id] }, reason });
  }
  const path = [event.provider_slug, event.event_key].map(encodeURIComponent).join("/");
  return postJson<ReplayAnswer>(`/api/webhooks/replay/${path}`, { reason, wait: false });
}
