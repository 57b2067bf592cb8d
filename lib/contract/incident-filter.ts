/** Filters of incidents and of their items, as addresses write them. */
import type { IncidentCause, IncidentItemState, IncidentState } from "./incident-words";
import type { IncidentSeverity } from "./incidents";

export interface IncidentFilter {
  state?: IncidentState[];
  severity?: IncidentSeverity[];
}

/** Prints a filter as a query string; `listIncidentsRequest` (api/incidents.ts) parses it. */
export function printIncidentFilter({ state, severity, cursor }: IncidentFilter & { cursor?: number }): string {
  const params = new URLSearchParams();
  if (state?.length) params.set("state", state.join(","));
  if (severity?.length) params.set("severity", severity.join(","));
  if (cursor) params.set("cursor", String(cursor));
  return params.toString();
}

export interface IncidentItemFilter {
  state?: IncidentItemState[];
  cause?: IncidentCause[];
  org_id?: string;
}

export function printItemFilter({ state, cause, org_id }: IncidentItemFilter): string {
  const params = new URLSearchParams();
  if (state?.length) params.set("state", state.join(","));
  if (cause?.length) params.set("cause", cause.join(","));
  if (org_id) params.set("org_id", org_id);
  return params.toString();
}
