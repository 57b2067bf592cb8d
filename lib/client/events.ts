import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventDetail, EventPage } from "@/lib/contract/events";
import { printEventFilter } from "@/lib/contract/print-filter";
import type { ReplayAnswer } from "@/lib/contract/replays";
import { postJson, requestJson } from "./request";

export type EventListQuery = EventFilter & { cursor?: string; limit?: number };

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

/** Marks failed or dead events as handled by a person. Nothing is delivered. */
export function resolveEvents(eventIds: string[], reason: string) {
  return postJson<{ resolved: number; not_resolved: number }>("/api/webhooks/events/resolve", {
    event_ids: eventIds,
    reason,
  });
}

/** Queues a replay of one event and returns at once; the event itself shows how it goes. */
export function replayEvent(event: Pick<EventDetail, "provider_slug" | "event_key">, reason: string) {
  const path = [event.provider_slug, event.event_key].map(encodeURIComponent).join("/");
  return postJson<ReplayAnswer>(`/api/webhooks/replay/${path}`, { reason, wait: false });
}
