/** Server reads of incidents. */
import type { z } from "zod";
import type {
  IncidentItemPage,
  IncidentLogPage,
  incidentItemsRequest,
  incidentLogRequest,
} from "@/lib/contract/api/incident-items";
import type { listIncidentsRequest } from "@/lib/contract/api/incident-requests";
import type { Incident, IncidentPage } from "@/lib/contract/api/incidents";
import { parseId } from "@/lib/contract/ids";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

const MINUTE_MS = 60_000;

/** Incidents, newest first. */
export async function listIncidents(
  { state, severity, limit, cursor }: z.output<typeof listIncidentsRequest>,
  asker: Scoped,
): Promise<IncidentPage> {
  const { incidents, next_cursor } = await call("console", "list_incidents", {
    p_filter: { ...(state?.length && { state }), ...(severity?.length && { severity }) },
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
  return { incidents: incidents.map(withClock), next_cursor };
}

/** `in_12` or `12` → the incident. Throws a `Refusal` when the caller may see no such incident. */
export async function requireIncident(id: string, asker: Scoped): Promise<Incident> {
  const found = await call("console", "get_incident", { p_id: incidentNumber(id), ...scopeOf(asker) });
  return found ? withClock(found) : missing();
}

/** Its items by position. Throws a `Refusal` when the caller may see no such incident. */
export async function listIncidentItems(
  id: string,
  { state, cause, org_id, limit, cursor }: z.output<typeof incidentItemsRequest>,
  asker: Scoped,
): Promise<IncidentItemPage> {
  const page = await call("console", "list_incident_items", {
    p_id: incidentNumber(id),
    p_filter: { ...(state?.length && { state }), ...(cause?.length && { cause }), ...(org_id && { org_id }) },
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
  return page ?? missing();
}

/** Its log, newest first. Throws a `Refusal` when the caller may see no such incident. */
export async function listIncidentLog(
  id: string,
  { limit, cursor }: z.output<typeof incidentLogRequest>,
  asker: Scoped,
): Promise<IncidentLogPage> {
  const args = { p_id: incidentNumber(id), p_limit: limit, p_after: cursor ?? null, ...scopeOf(asker) };
  return (await call("console", "list_incident_log", args)) ?? missing();
}

/** The number in `in_12` or `12`. Throws a `Refusal` for anything else. */
export function incidentNumber(id: string): number {
  return parseId("incident", id) ?? missing();
}

/** When somebody has to have responded: that depends on the severity alone. */
function withClock<Stored extends { opened_at: string; severity: IncidentSeverity }>(incident: Stored) {
  const minutes = SEVERITIES[incident.severity].response_minutes;
  const respondBy = new Date(Date.parse(incident.opened_at) + minutes * MINUTE_MS);
  return { ...incident, respond_by: respondBy.toISOString() };
}

function missing(): never {
  throw new Refusal("no_such_incident");
}
