/** The filter of runs, as addresses write it. */
import type { ReconciliationStatus } from "./vocabulary";

export interface ReconciliationFilter {
  provider_slug?: string;
  source_id?: string;
  status?: ReconciliationStatus[];
}

export function printReconciliationFilter({
  provider_slug,
  source_id,
  status,
  cursor,
}: ReconciliationFilter & { cursor?: number }): string {
  const params = new URLSearchParams();
  if (provider_slug) params.set("provider_slug", provider_slug);
  if (source_id) params.set("source_id", source_id);
  if (status?.length) params.set("status", status.join(","));
  if (cursor) params.set("cursor", String(cursor));
  return params.toString();
}
