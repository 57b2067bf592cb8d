import type { EventFilter } from "@/lib/contract/event-filter";
import { printEventFilter } from "@/lib/contract/print-filter";

/** The permanent address of a filtered history. */
export function historyAddress(filter: EventFilter & { cursor?: string; after?: string }): string {
  const query = printEventFilter(filter);
  return query ? `/events?${query}` : "/events";
}

export function isFiltered(filter: EventFilter): boolean {
  return printEventFilter(filter) !== "";
}
