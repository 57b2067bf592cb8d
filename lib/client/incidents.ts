/** The console's client of the incident API. Each function is one request, and throws `ApiError`. */
import {
  type IncidentFilter,
  type IncidentItemFilter,
  printIncidentFilter,
  printItemFilter,
} from "@/lib/contract/incident-filter";
import type {
  Incident,
  IncidentItemPage,
  IncidentLogPage,
  IncidentPage,
  IncidentRequestAction,
  OpenIncidentInput,
} from "@/lib/contract/incident-words";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import type { AskedOptions } from "./replays";
import { patchJson, postJson, requestJson } from "./request";

const INCIDENTS = "/api/incidents";
export const INCIDENT_ITEMS_PER_PAGE = 50;
export const LOG_ENTRIES_PER_PAGE = 100;
/** Up to 50,000 events are frozen meanwhile. */
const FREEZE_PATIENCE_MS = 60_000;

export interface RecoverAsk {
  reason: string;
  until: "preview" | "end";
  options?: AskedOptions;
  types_first?: string[];
  organisations_first?: string[];
  pause_seconds?: number;
}

export interface AcceptAsk {
  reason: string;
  all?: true;
  positions?: number[];
}

/** Events, as a replay selects them. */
export type IncidentSelection = NonNullable<OpenIncidentInput["selection"]>;

export function fetchIncidents(
  query: IncidentFilter & { cursor?: number },
  signal?: AbortSignal,
): Promise<IncidentPage> {
  return requestJson<IncidentPage>(`${INCIDENTS}?${printIncidentFilter(query)}`, { signal });
}

export function fetchIncident(id: string, signal?: AbortSignal): Promise<Incident> {
  return requestJson<Incident>(`${INCIDENTS}/${id}`, { signal });
}

export function fetchIncidentItems(
  id: string,
  { cursor, ...filter }: IncidentItemFilter & { cursor?: number },
  signal?: AbortSignal,
): Promise<IncidentItemPage> {
  const query = new URLSearchParams(printItemFilter(filter));
  query.set("limit", String(INCIDENT_ITEMS_PER_PAGE));
  if (cursor) query.set("cursor", String(cursor));
  return requestJson<IncidentItemPage>(`${INCIDENTS}/${id}/items?${query}`, { signal });
}

export function fetchIncidentLog(id: string, cursor?: number, signal?: AbortSignal): Promise<IncidentLogPage> {
  const query = new URLSearchParams({ limit: String(LOG_ENTRIES_PER_PAGE), ...(cursor && { cursor: String(cursor) }) });
  return requestJson<IncidentLogPage>(`${INCIDENTS}/${id}/log?${query}`, { signal });
}

export function openIncident(ask: OpenIncidentInput): Promise<Incident> {
  return postJson<Incident>(INCIDENTS, ask, { patienceMs: FREEZE_PATIENCE_MS });
}

export function growIncident(id: string, ask: { selection: IncidentSelection; reason: string }): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/grow`, ask, { patienceMs: FREEZE_PATIENCE_MS });
}

export function changeIncident(
  id: string,
  change: { title?: string; cause?: string; severity?: IncidentSeverity; owner?: string | null },
): Promise<Incident> {
  return patchJson<Incident>(`${INCIDENTS}/${id}`, change);
}

export function recoverIncident(id: string, ask: RecoverAsk): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/recover`, ask);
}

export function verifyIncident(id: string, withProvider: boolean): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/verify`, { with_provider: withProvider });
}

export function acceptItems(id: string, ask: AcceptAsk): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/accept`, ask);
}

export function endIncident(id: string, action: "close" | "reopen", reason: string): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/${action}`, { reason });
}

export function noteIncident(id: string, message: string): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/notes`, { message });
}

/** Asks an administrator for what the caller may not do. */
export function askIncident(
  id: string,
  ask: { action: IncidentRequestAction; input: object; reason: string },
): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/requests`, ask);
}

export function decideRequest(
  id: string,
  request: string,
  ask: { approve: boolean; reason: string },
): Promise<Incident> {
  return postJson<Incident>(`${INCIDENTS}/${id}/requests/${request}`, ask, { patienceMs: FREEZE_PATIENCE_MS });
}

/** The address of the bundle, for a link that downloads it. */
export function evidenceAddress(id: string, payloads: boolean): string {
  return `${INCIDENTS}/${id}/evidence?payloads=${payloads}`;
}
