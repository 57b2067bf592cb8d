/** The addresses of the console's pages, with their filters. */
import { type Period, printPeriod } from "@/lib/contract/analytics";
import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import { type DestinationFilter, printDestinationFilter } from "@/lib/contract/destination-filter";
import type { EventFilter } from "@/lib/contract/event-filter";
import { type IncidentFilter, printIncidentFilter } from "@/lib/contract/incident-words";
import { printEventFilter } from "@/lib/contract/print-filter";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";

export function overviewAddress(period: Period): string {
  return `/?${printPeriod(period)}`;
}

export function historyAddress(filter: EventFilter & { cursor?: string; after?: string }): string {
  return withQuery("/events", printEventFilter(filter));
}

/** `within` is the printed filter of the history that the reader walks, or empty. */
export function eventAddress(id: string, within = ""): string {
  return withQuery(`/events/${id}`, within && `in=${encodeURIComponent(within)}`);
}

export function replaysAddress(filter: ReplayFilter & { cursor?: number }): string {
  return withQuery("/replays", printReplayFilter(filter));
}

export function incidentsAddress(filter: IncidentFilter & { cursor?: number }): string {
  return withQuery("/incidents", printIncidentFilter(filter));
}

export function destinationsAddress(filter: DestinationFilter): string {
  return withQuery("/destinations", printDestinationFilter(filter));
}

export function auditAddress(filter: AuditFilter & { cursor?: string }): string {
  return withQuery("/settings/audit", printAuditFilter(filter));
}

function withQuery(path: string, query: string): string {
  return query ? `${path}?${query}` : path;
}
