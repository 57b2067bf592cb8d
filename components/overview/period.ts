/** The period of the overview: in its address, in the filter of the history it links to, and in words. */
import type { Analytics, Range } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { RANGE_LABELS } from "../filters/event-filter-text";
import { duration } from "../format";
import { overviewAddress } from "../links";

type Span = Pick<Analytics, "range" | "from" | "to">;

/** A part of the chart shorter than this opens the history of its events instead of a zoomed chart. */
const SHORTEST_ZOOM_MS = 5 * 60_000;

/** The address of a selected part of the chart; null when the part is too short to zoom into. */
export function zoomAddress(from: number, to: number): string | null {
  return to - from < SHORTEST_ZOOM_MS ? null : overviewAddress({ from_ts: isoOf(from), to_ts: isoOf(to) });
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The history's filter for the same period. */
export function timeFilter({ range, from, to }: Span): Pick<EventFilter, "range" | "from_ts" | "to_ts"> {
  return range === "custom" ? { from_ts: from, to_ts: to } : { range };
}

/** `last 24 hours`; `22 Nov 2026, 09:00:00 – 10:15:00` needs the reader's zone, so the caller formats. */
export function periodText({ range, from, to }: Span, format: (iso: string) => string): string {
  if (range !== "custom") return RANGE_LABELS[range];
  const [day, time] = format(to).split(", ");
  return `${format(from)} – ${time && format(from).startsWith(`${day}, `) ? time : format(to)}`;
}

/** `24 hours`, `1 h 15 min`: the length of the period, and of the one before that it is compared with. */
export function lengthText({ range, from, to }: Span): string {
  if (range !== "custom") return LENGTH[range];
  return duration(Date.parse(to) - Date.parse(from));
}

const LENGTH: Record<Range, string> = {
  "15m": "15 minutes",
  "1h": "hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};
