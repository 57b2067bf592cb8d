/** The queries of people, tokens, sessions and the audit log. */
import { queryOptions } from "@tanstack/react-query";
import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import { fetchActions } from "../audit";
import { DRAWN } from "../query-client";
import { requestJson } from "../request";
import { fetchRetention } from "../retention";
import { fetchSessions, fetchSignInLimits, fetchStaff, fetchTokens } from "../staff";

export const staffQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["staff"], queryFn: ({ signal }) => fetchStaff(signal) });

export const tokensQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["tokens"], queryFn: ({ signal }) => fetchTokens(signal) });

export const sessionsQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sessions"], queryFn: ({ signal }) => fetchSessions(signal) });

export const signInLimitsQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sign-in-limits"], queryFn: ({ signal }) => fetchSignInLimits(signal) });

export const retentionQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["retention"], queryFn: ({ signal }) => fetchRetention(signal) });

export const auditQuery = (query: AuditFilter & { cursor?: string }) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["audit", printAuditFilter(query)],
    queryFn: ({ signal }) => fetchActions(query, signal),
  });

/** Organisations that have events and that the caller may see. */
export const organisationsQuery = () =>
  queryOptions({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => requestJson<{ organisations: string[] }>("/api/organisations", { signal }),
    staleTime: 60_000,
  });
