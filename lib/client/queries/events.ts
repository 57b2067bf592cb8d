/** The queries of the history and of one event. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { EventFilter } from "@/lib/contract/event-filter";
import { printEventFilter } from "@/lib/contract/print-filter";
import {
  type EventListQuery,
  fetchEvent,
  fetchEventCount,
  fetchEvents,
  fetchNeighbours,
  fetchRelatedEvents,
} from "../events";
import { fetchEventTypes, fetchEventViews, fetchHistogram } from "../history";
import { DRAWN } from "../query-client";
import { ALL } from "./all";

const MINUTE_MS = 60_000;
export const HISTOGRAM_REFRESH_MS = 10_000;

export const eventListQuery = (query: EventListQuery) =>
  queryOptions({
    ...DRAWN,
    queryKey: [...ALL.events, printEventFilter(query)],
    queryFn: ({ signal }) => fetchEvents(query, signal),
  });

export const histogramQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: [...ALL.events, "histogram", printEventFilter(filter)],
    queryFn: ({ signal }) => fetchHistogram(filter, signal),
    placeholderData: keepPreviousData,
    staleTime: HISTOGRAM_REFRESH_MS / 2,
  });

export const eventTypesQuery = (times: EventFilter) =>
  queryOptions({
    queryKey: ["event-types", printEventFilter(times)],
    queryFn: ({ signal }) => fetchEventTypes(times, signal),
    staleTime: MINUTE_MS,
  });

export const eventViewsQuery = () =>
  queryOptions({ queryKey: ["event-views"], queryFn: ({ signal }) => fetchEventViews(signal) });

export const eventCountQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: ["event-count", printEventFilter(filter)],
    queryFn: ({ signal }) => fetchEventCount(filter, signal),
  });

export const eventQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["event", id], queryFn: ({ signal }) => fetchEvent(id, signal) });

/** `within` is the printed filter of the history that the event was opened from. */
export const neighboursQuery = (id: string, within: string) =>
  queryOptions({
    queryKey: ["event-neighbours", id, within],
    queryFn: ({ signal }) => fetchNeighbours(id, within, signal),
    staleTime: MINUTE_MS / 2,
    refetchOnWindowFocus: false,
  });

export const relatedEventsQuery = (id: string) =>
  queryOptions({ queryKey: ["related-events", id], queryFn: ({ signal }) => fetchRelatedEvents(id, signal) });
