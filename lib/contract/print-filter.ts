/** Prints the filter of lib/contract/event-filter.ts. A file of its own, so that the browser need not load the schema. */
import type { EventFilter } from "./event-filter";

/** Prints a filter as a query string. `parse(print(filter))` is the filter again. */
export function printEventFilter(filter: EventFilter & { cursor?: string; after?: string; limit?: number }): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    const text = Array.isArray(value) ? value.join(",") : value;
    if (text !== undefined && text !== "") params.set(name, String(text));
  }
  return params.toString();
}
