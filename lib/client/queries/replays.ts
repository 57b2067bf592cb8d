/** The queries of replays, and of the draft in an open sheet. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";
import { DRAWN } from "../query-client";
import {
  draftAndPreview,
  fetchReplay,
  fetchReplayItems,
  fetchReplays,
  ITEMS_PER_PAGE,
  type ItemOutcome,
} from "../replays";
import { ALL } from "./all";

/** A draft needs a reason before the user has written one. It is never started with this one. */
const PREVIEW_REASON = "Preview, not started";

/** Creates and previews a draft for a selection and options, given as JSON. */
export const draftQuery = (ask: string) =>
  queryOptions({
    queryKey: ["replay-draft", ask],
    queryFn: ({ signal }) => draftAndPreview({ ...JSON.parse(ask), reason: PREVIEW_REASON }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: "static",
    gcTime: 0,
  });

export const replayListQuery = (query: ReplayFilter & { cursor?: number }) =>
  queryOptions({
    ...DRAWN,
    queryKey: [...ALL.replays, printReplayFilter(query)],
    queryFn: ({ signal }) => fetchReplays(query, signal),
  });

/** Separate from the list, which the server reads again. */
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
