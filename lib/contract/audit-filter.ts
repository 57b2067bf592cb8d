/** The filter of the audit log: the query of its page and of `GET /api/audit`. */

export interface AuditFilter {
  /** The exact name of a person or a token. */
  actor?: string;
  action?: string[];
  /** The exact id of the object of the action. */
  subject?: string;
  /** A time range that ends now. */
  range?: "15m" | "1h" | "24h" | "7d" | "30d";
  from_ts?: string;
  to_ts?: string;
}

/** Prints a filter as a query string; `auditRequest` (api/staff.ts) parses it. */
export function printAuditFilter({ action, ...rest }: AuditFilter & { cursor?: string }): string {
  const params = new URLSearchParams();
  if (action?.length) params.set("action", action.join(","));
  for (const [name, value] of Object.entries(rest)) if (value) params.set(name, value);
  return params.toString();
}
