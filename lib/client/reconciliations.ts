/** The console's client of the reconciliation API. Each function is one request, and throws `ApiError`. */
import { printReconciliationFilter, type ReconciliationFilter } from "@/lib/contract/reconciliation-filter";
import type {
  ApiRequestPage,
  EventCheck,
  FindingDetail,
  FindingPage,
  Reconciliation,
  ReconciliationPage,
} from "@/lib/contract/reconciliations";
import type { FindingKind } from "@/lib/contract/vocabulary";
import { PROVIDER_PATIENCE_MS, type SourceOf, sourceIn } from "./coverage";
import { postJson, requestJson } from "./request";

const RUNS = "/api/reconciliations";
export const FINDINGS_PER_PAGE = 20;
const REQUESTS_PER_PAGE = 50;

export interface WindowAsk {
  from_ts: string;
  to_ts: string;
  types?: string[];
  dry_run: boolean;
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

/** Asks the provider for the object of one event. */
export function checkEvent(id: string): Promise<EventCheck> {
  return postJson<EventCheck>(`/api/webhooks/events/${id}/check`, {}, { patienceMs: PROVIDER_PATIENCE_MS });
}
