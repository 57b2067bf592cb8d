import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";

/** The permanent address of the filtered log. */
export function auditAddress(filter: AuditFilter & { cursor?: string }): string {
  const query = printAuditFilter(filter);
  return query ? `/settings/audit?${query}` : "/settings/audit";
}

/** Where the same part of it is to be had as a file. */
export function auditExportAddress(filter: AuditFilter, format: "csv" | "json"): string {
  const query = printAuditFilter(filter);
  return `/api/audit/export?format=${format}${query && `&${query}`}`;
}
