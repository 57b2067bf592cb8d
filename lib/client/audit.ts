import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import type { StaffActionPage } from "@/lib/contract/staff";
import { requestJson } from "./request";

/** One page of the audit log. Throws `ApiError`. */
export function fetchActions(query: AuditFilter & { cursor?: string }, signal?: AbortSignal): Promise<StaffActionPage> {
  return requestJson(`/api/audit?${printAuditFilter(query)}`, { signal });
}

/** The URL that exports the filtered log as a file. */
export function auditExportAddress(filter: AuditFilter, format: "csv" | "json"): string {
  const query = printAuditFilter(filter);
  return `/api/audit/export?format=${format}${query && `&${query}`}`;
}
