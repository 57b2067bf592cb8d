/**
 * Every reading of the API: its key, what reads it, how long it is fresh. Pages prefetch by these on the server, with their
 * own reading; components use them; whoever changes something invalidates by their keys.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Period, printPeriod } from "@/lib/contract/analytics";
import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import { type DeadLetterGroup, filterOfGroup, type RailCounts } from "@/lib/contract/dead-letters";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { DeepHealth } from "@/lib/contract/health";
import { printEventFilter } from "@/lib/contract/print-filter";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";
import type { Found } from "@/lib/contract/search";
import { fetchAnalytics } from "./analytics";
import { fetchActions } from "./audit";
import { fetchDeadLetters } from "./dead-letters";
import { fetchDeliveries, fetchDestination, fetchDestinations, isInTrouble } from "./destinations";
import {
  type EventListQuery,
  fetchEvent,
  fetchEventCount,
  fetchEventIds,
  fetchEvents,
  fetchNeighbours,
  fetchRelatedEvents,
} from "./events";
import { fetchEventTypes, fetchEventViews, fetchHistogram } from "./history";
import { fetchNotices } from "./notices";
import { DRAWN } from "./query-client";
import {
  draftAndPreview,
  fetchReplay,
  fetchReplayItems,
  fetchReplays,
  ITEMS_PER_PAGE,
  type ItemOutcome,
} from "./replays";
import { requestJson } from "./request";
import { fetchSources } from "./sources";
import { fetchSessions, fetchSignInLimits, fetchStaff, fetchTokens } from "./staff";

/** How the keys of a kind begin, whatever it is filtered by. */
export const ALL = { events: ["events"], replays: ["replays"], analytics: ["analytics"] } as const;

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

/** `within` is the printed filter of the history it is a part of. */
export const neighboursQuery = (id: string, within: string) =>
  queryOptions({
    queryKey: ["event-neighbours", id, within],
    queryFn: ({ signal }) => fetchNeighbours(id, within, signal),
    staleTime: MINUTE_MS / 2,
    refetchOnWindowFocus: false,
  });

export const relatedEventsQuery = (id: string) =>
  queryOptions({ queryKey: ["related-events", id], queryFn: ({ signal }) => fetchRelatedEvents(id, signal) });

/** The numbers in the sidebar. */
export const railCountsQuery = () =>
  queryOptions({ queryKey: ["rail"], queryFn: ({ signal }) => requestJson<RailCounts>("/api/rail", { signal }) });

export const deadLettersQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["dead-letters"], queryFn: ({ signal }) => fetchDeadLetters(signal) });

/** Read once for a dialog that is open, and never again behind its user's back. */
export const groupEventsQuery = (group: DeadLetterGroup) =>
  queryOptions({
    queryKey: [...deadLettersQuery().queryKey, group.destination.slug, group.error_group],
    queryFn: ({ signal }) => fetchEventIds(filterOfGroup(group), signal),
    staleTime: "static",
    gcTime: 0,
  });

export const analyticsQuery = (period: Period) =>
  queryOptions({
    ...DRAWN,
    queryKey: [...ALL.analytics, printPeriod(period)],
    queryFn: ({ signal }) => fetchAnalytics(period, signal),
  });

export const replayListQuery = (query: ReplayFilter & { cursor?: number }) =>
  queryOptions({
    ...DRAWN,
    queryKey: [...ALL.replays, printReplayFilter(query)],
    queryFn: ({ signal }) => fetchReplays(query, signal),
  });

/** Apart from the list, which is read anew by the server. */
export const newestReplaysQuery = () =>
  queryOptions({ queryKey: [...ALL.replays, "newest"], queryFn: ({ signal }) => fetchReplays({}, signal) });

export const replayQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["replay", id], queryFn: ({ signal }) => fetchReplay(id, signal) });

export const replayItemsQuery = (id: string, outcome: ItemOutcome | undefined) =>
  infiniteQueryOptions({
    ...DRAWN,
    queryKey: ["replay", id, "items", outcome ?? "all"],
    queryFn: ({ pageParam, signal }) =>
      fetchReplayItems(id, { outcome, after: pageParam, limit: ITEMS_PER_PAGE }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < ITEMS_PER_PAGE ? null : page.at(-1)?.position),
  });

/** A draft needs a reason before its person has written one. It is never started under this one. */
const PREVIEW_REASON = "Preview, not started";

/** Freezes and previews what is asked: a selection and options, as JSON. */
export const draftQuery = (ask: string) =>
  queryOptions({
    queryKey: ["replay-draft", ask],
    queryFn: ({ signal }) => draftAndPreview({ ...JSON.parse(ask), reason: PREVIEW_REASON }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: "static",
    gcTime: 0,
  });

export const destinationListQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["destinations"], queryFn: ({ signal }) => fetchDestinations(signal) });

export const destinationQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["destination", id], queryFn: ({ signal }) => fetchDestination(id, signal) });

export const destinationDeliveriesQuery = (id: string) =>
  infiniteQueryOptions({
    ...DRAWN,
    queryKey: ["destination", id, "deliveries"],
    queryFn: ({ pageParam, signal }) => fetchDeliveries(id, pageParam || undefined, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Apart from the list: the sidebar asks on every page. */
export const troubledDestinationsQuery = () =>
  queryOptions({
    queryKey: ["destination-trouble"],
    queryFn: async ({ signal }) => (await fetchDestinations(signal)).filter(isInTrouble),
  });

export const sourcesQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sources"], queryFn: ({ signal }) => fetchSources(signal) });

export const staffQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["staff"], queryFn: ({ signal }) => fetchStaff(signal) });

export const tokensQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["tokens"], queryFn: ({ signal }) => fetchTokens(signal) });

export const sessionsQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sessions"], queryFn: ({ signal }) => fetchSessions(signal) });

export const signInLimitsQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sign-in-limits"], queryFn: ({ signal }) => fetchSignInLimits(signal) });

export const auditQuery = (query: AuditFilter & { cursor?: string }) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["audit", printAuditFilter(query)],
    queryFn: ({ signal }) => fetchActions(query, signal),
  });

export const noticesQuery = () =>
  queryOptions({ queryKey: ["notices"], queryFn: ({ signal }) => fetchNotices(signal) });

export const healthQuery = () =>
  queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => requestJson<DeepHealth>("/api/health/deep", { signal }),
  });

/** Organisations that have events, of those that the asker may see. */
export const organisationsQuery = () =>
  queryOptions({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => requestJson<{ organisations: string[] }>("/api/organisations", { signal }),
    staleTime: MINUTE_MS,
  });

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ["search", text],
    queryFn: ({ signal }) => requestJson<Found>(`/api/search?${new URLSearchParams({ q: text })}`, { signal }),
    enabled: text !== "",
    placeholderData: text === "" ? undefined : keepPreviousData,
    staleTime: 5_000,
  });
