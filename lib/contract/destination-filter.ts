/** The filter of the list of destinations: the query of its page. */
import type { DestinationState } from "./destinations";

export interface DestinationFilter {
  state?: DestinationState[];
  /** Text in the name, the URL or the organisation. */
  q?: string;
}

/** Prints a filter as a query string; `destinationFilterRequest` (api/destination-filter.ts) parses it. */
export function printDestinationFilter({ state, q }: DestinationFilter): string {
  const params = new URLSearchParams();
  if (state?.length) params.set("state", state.join(","));
  if (q) params.set("q", q);
  return params.toString();
}
