/** The addresses of the console's pages, with their filters. */
import { type AlertFilter, printAlertFilter } from "@/lib/contract/alert-words";
import { type Period, printPeriod } from "@/lib/contract/analytics";
import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import { type DestinationFilter, printDestinationFilter } from "@/lib/contract/destination-filter";
import type { EventFilter } from "@/lib/contract/event-filter";
import { type IncidentFilter, printIncidentFilter } from "@/lib/contract/incident-filter";
import { type KpiPeriod, printKpiPeriod } from "@/lib/contract/kpi-period";
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

export function alertsAddress(filter: AlertFilter & { cursor?: number }): string {
  return withQuery("/alerts", printAlertFilter(filter));
}

export function destinationsAddress(filter: DestinationFilter): string {
  return withQuery("/destinations", printDestinationFilter(filter));
}

export function kpisAddress(period: KpiPeriod): string {
  return withQuery("/kpis", printKpiPeriod(period));
}

export function auditAddress(filter: AuditFilter & { cursor?: string }): string {
  return withQuery("/settings/audit", printAuditFilter(filter));
}

const PAGES: Record<string, string> = { al: "alerts", ds: "destinations", in: "incidents", rc: "reconciliation" };

/** What a notice is about, by its id: `wr_12` is a replay. */
export function noticeAddress(subject: string): string {
  return `/${PAGES[subject.slice(0, 2)] ?? "replays"}/${subject}`;
}

function withQuery(path: string, query: string): string {
  return query ? `${path}?${query}` : path;
}
