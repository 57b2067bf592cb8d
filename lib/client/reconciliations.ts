/** The console's client of the reconciliation API. Each function is one request, and throws `ApiError`. */
import {
  type ApiRequestPage,
  type ConfigurationState,
  type CredentialState,
  type CredentialTest,
  type EventCheck,
  type FindingDetail,
  type FindingPage,
  printReconciliationFilter,
  type Reconciliation,
  type ReconciliationFilter,
  type ReconciliationPage,
  type SourceCoverage,
  type Watch,
} from "@/lib/contract/reconciliations";
import type { FindingKind } from "@/lib/contract/vocabulary";
import { patchJson, postJson, requestJson } from "./request";

const RUNS = "/api/reconciliations";
export const FINDINGS_PER_PAGE = 20;
const REQUESTS_PER_PAGE = 50;

/** The provider is asked meanwhile, and may make us wait for our turn. */
const PROVIDER_PATIENCE_MS = 60_000;

/** Which source of which provider. */
export type SourceOf = Pick<SourceCoverage, "provider_slug" | "source_id">;

export interface WindowAsk {
  from_ts: string;
  to_ts: string;
  types?: string[];
  dry_run: boolean;
}

export async function fetchCoverage(signal?: AbortSignal): Promise<SourceCoverage[]> {
  return (await requestJson<{ sources: SourceCoverage[] }>("/api/coverage", { signal })).sources;
}

export function fetchReconciliations(
  query: ReconciliationFilter & { cursor?: number },
  signal?: AbortSignal,
): Promise<ReconciliationPage> {
  return requestJson<ReconciliationPage>(`${RUNS}?${printReconciliationFilter(query)}`, { signal });
}

export function fetchReconciliation(id: string, signal?: AbortSignal): Promise<Reconciliation> {
  return requestJson<Reconciliation>(`${RUNS}/${id}`, { signal });
}

export function fetchFindings(
  id: string,
  { kind, cursor }: { kind: FindingKind; cursor?: number },
  signal?: AbortSignal,
): Promise<FindingPage> {
  const query = new URLSearchParams({
    kind,
    limit: String(FINDINGS_PER_PAGE),
    ...(cursor && { cursor: String(cursor) }),
  });
  return requestJson<FindingPage>(`${RUNS}/${id}/findings?${query}`, { signal });
}

export function fetchFinding(id: string, finding: string, signal?: AbortSignal): Promise<FindingDetail> {
  return requestJson<FindingDetail>(`${RUNS}/${id}/findings/${finding}`, { signal });
}

export function fetchApiRequests(id: string, cursor?: number, signal?: AbortSignal): Promise<ApiRequestPage> {
  const query = new URLSearchParams({ limit: String(REQUESTS_PER_PAGE), ...(cursor && { cursor: String(cursor) }) });
  return requestJson<ApiRequestPage>(`${RUNS}/${id}/requests?${query}`, { signal });
}

export function startReconciliation(source: SourceOf, ask: WindowAsk): Promise<Reconciliation> {
  return postJson<Reconciliation>(RUNS, { provider_slug: source.provider_slug, ...sourceIn(source), ...ask });
}

export function cancelReconciliation(id: string): Promise<Reconciliation> {
  return postJson<Reconciliation>(`${RUNS}/${id}/cancel`, {});
}

export function saveCredentials(source: SourceOf, fields: Record<string, string>): Promise<CredentialState> {
  return postJson<CredentialState>(`${pathOf(source)}/credentials`, { ...sourceIn(source), fields }, { method: "PUT" });
}

export function removeCredentials(source: SourceOf): Promise<void> {
  return requestJson<void>(`${pathOf(source)}/credentials${queryOf(source)}`, { method: "DELETE" });
}

/** `fields`: to try before they are stored. */
export function testCredentials(source: SourceOf, fields?: Record<string, string>): Promise<CredentialTest> {
  const body = { ...sourceIn(source), ...(fields && { fields }) };
  return postJson<CredentialTest>(`${pathOf(source)}/credentials/test`, body, { patienceMs: PROVIDER_PATIENCE_MS });
}

export function saveWatch(source: SourceOf, change: Partial<Watch>): Promise<Watch> {
  return patchJson<Watch>(`${pathOf(source)}/watch`, { ...sourceIn(source), ...change });
}

export function fetchConfiguration(source: SourceOf, signal?: AbortSignal): Promise<ConfigurationState> {
  const path = `${pathOf(source)}/configuration${queryOf(source)}`;
  return requestJson<ConfigurationState>(path, { signal, patienceMs: PROVIDER_PATIENCE_MS });
}

export function repairConfiguration(source: SourceOf, code: string): Promise<ConfigurationState> {
  const body = { ...sourceIn(source), code };
  return postJson<ConfigurationState>(`${pathOf(source)}/configuration/repair`, body, {
    patienceMs: PROVIDER_PATIENCE_MS,
  });
}

/** Asks the provider for the object of one event. */
export function checkEvent(id: string): Promise<EventCheck> {
  return postJson<EventCheck>(`/api/webhooks/events/${id}/check`, {}, { patienceMs: PROVIDER_PATIENCE_MS });
}

function pathOf({ provider_slug }: SourceOf): string {
  return `/api/coverage/${encodeURIComponent(provider_slug)}`;
}

function sourceIn({ source_id }: SourceOf): { source_id?: string } {
  return source_id === null ? {} : { source_id };
}

function queryOf({ source_id }: SourceOf): string {
  return source_id === null ? "" : `?source_id=${encodeURIComponent(source_id)}`;
}
