/** The queries of reconciliation: coverage, runs, what they found and what they asked. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { fetchConfiguration, fetchCoverage, type SourceOf } from "@/lib/client/coverage";
import { printReconciliationFilter, type ReconciliationFilter } from "@/lib/contract/reconciliation-filter";
import type { FindingKind } from "@/lib/contract/vocabulary";
import { DRAWN } from "../query-client";
import {
  fetchApiRequests,
  fetchFinding,
  fetchFindings,
  fetchReconciliation,
  fetchReconciliations,
} from "../reconciliations";

export const coverageQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["coverage"], queryFn: ({ signal }) => fetchCoverage(signal) });

export const reconciliationListQuery = (query: ReconciliationFilter & { cursor?: number }) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["reconciliations", printReconciliationFilter(query)],
    queryFn: ({ signal }) => fetchReconciliations(query, signal),
  });

export const reconciliationQuery = (id: string) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["reconciliation", id],
    queryFn: ({ signal }) => fetchReconciliation(id, signal),
  });

export const findingsQuery = (id: string, kind: FindingKind) =>
  infiniteQueryOptions({
    ...DRAWN,
    queryKey: ["reconciliation", id, "findings", kind],
    queryFn: ({ pageParam, signal }) => fetchFindings(id, { kind, cursor: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const findingQuery = (id: string, finding: string) =>
  queryOptions({
    queryKey: ["reconciliation", id, "finding", finding],
    queryFn: ({ signal }) => fetchFinding(id, finding, signal),
  });

export const apiRequestsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["reconciliation", id, "requests"],
    queryFn: ({ pageParam, signal }) => fetchApiRequests(id, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Asks the provider each time it is fetched, so only when a user wants to know. */
export const configurationQuery = (source: SourceOf) =>
  queryOptions({
    queryKey: ["configuration", source.provider_slug, source.source_id],
    queryFn: ({ signal }) => fetchConfiguration(source, signal),
    staleTime: "static",
    retry: false,
  });
