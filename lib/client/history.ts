import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventHistogram, EventTypeCount, EventView } from "@/lib/contract/history";
import { printEventFilter } from "@/lib/contract/print-filter";
import { postJson, requestJson } from "./request";

export function fetchHistogram(filter: EventFilter, signal?: AbortSignal): Promise<EventHistogram> {
  return requestJson(`/api/webhooks/events/histogram?${printEventFilter(filter)}`, { signal });
}

/** Received events by provider and type; `times` is the time range of a filter. */
export async function fetchEventTypes(times: EventFilter, signal?: AbortSignal): Promise<EventTypeCount[]> {
  const query = printEventFilter(times);
  return (await requestJson<{ types: EventTypeCount[] }>(`/api/webhooks/events/types?${query}`, { signal })).types;
}

export async function fetchEventViews(signal?: AbortSignal): Promise<EventView[]> {
  return (await requestJson<{ views: EventView[] }>("/api/event-views", { signal })).views;
}

export function saveEventView(name: string, query: string): Promise<EventView> {
  return postJson("/api/event-views", { name, query });
}

export function deleteEventView(id: string): Promise<unknown> {
  return requestJson(`/api/event-views/${encodeURIComponent(id)}`, { method: "DELETE" });
}
