/** The queries of incidents: the list, one with its recovery, its items and its timeline. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  type IncidentFilter,
  type IncidentItemFilter,
  printIncidentFilter,
  printItemFilter,
} from "@/lib/contract/incident-filter";
import { fetchIncident, fetchIncidentItems, fetchIncidentLog, fetchIncidents } from "../incidents";
import { DRAWN } from "../query-client";

export const incidentListQuery = (query: IncidentFilter & { cursor?: number }) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["incidents", printIncidentFilter(query)],
    queryFn: ({ signal }) => fetchIncidents(query, signal),
  });

/** Those that are not closed: the count in the sidebar, and where events can be added. */
export const openIncidentsQuery = () =>
  queryOptions({
    queryKey: ["incidents", "open"],
    queryFn: ({ signal }) => fetchIncidents({ state: ["open", "recovering", "verifying", "reopened"] }, signal),
  });

export const incidentQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["incident", id], queryFn: ({ signal }) => fetchIncident(id, signal) });

export const incidentItemsQuery = (id: string, filter: IncidentItemFilter) =>
  infiniteQueryOptions({
    ...DRAWN,
    queryKey: ["incident", id, "items", printItemFilter(filter)],
    queryFn: ({ pageParam, signal }) => fetchIncidentItems(id, { ...filter, cursor: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** What is older than the entries that the incident brings with it. */
export const olderLogQuery = (id: string, before: number | undefined) =>
  infiniteQueryOptions({
    queryKey: ["incident", id, "log", before],
    queryFn: ({ pageParam, signal }) => fetchIncidentLog(id, pageParam, signal),
    initialPageParam: before,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: false,
  });
