/** The queries of every page: the sidebar's counts, notices, health, and the search. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { RailCounts } from "@/lib/contract/dead-letters";
import type { DeepHealth } from "@/lib/contract/health";
import type { Found } from "@/lib/contract/search";
import { fetchNotices } from "../notices";
import { requestJson } from "../request";

/** The counts in the sidebar. */
export const railCountsQuery = () =>
  queryOptions({ queryKey: ["rail"], queryFn: ({ signal }) => requestJson<RailCounts>("/api/rail", { signal }) });

export const noticesQuery = () =>
  queryOptions({ queryKey: ["notices"], queryFn: ({ signal }) => fetchNotices(signal) });

export const healthQuery = () =>
  queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => requestJson<DeepHealth>("/api/health/deep", { signal }),
  });

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ["search", text],
    queryFn: ({ signal }) => requestJson<Found>(`/api/search?${new URLSearchParams({ q: text })}`, { signal }),
    enabled: text !== "",
    placeholderData: text === "" ? undefined : keepPreviousData,
    staleTime: 5_000,
  });
