/** The filter of the audit log: what the address of the page and the query of `GET /api/audit` hold. */

export interface AuditFilter {
  /** The name of a person or a token, exactly. */
  actor?: string;
  action?: string[];
  /** What it was done to, exactly. */
  subject?: string;
  /** A time range that moves with the clock. */
  range?: "15m" | "1h" | "24h" | "7d" | "30d";
  from_ts?: string;
  to_ts?: string;
}

/** Prints a filter as a query string; `auditRequest` (api/staff.ts) reads it again. */
export function printAuditFilter({ action, ...rest }: AuditFilter & { cursor?: string }): string {
  const params = new URLSearchParams();
  if (action?.length) params.set("action", action.join(","));
  for (const [name, value] of Object.entries(rest)) if (value) params.set(name, value);
  return params.toString();
}
