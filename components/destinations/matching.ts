import type { DestinationFilter } from "@/lib/contract/destination-filter";
import type { Destination } from "@/lib/contract/destinations";
import { DESTINATION_STATES } from "../status/destination-status";

/** The destinations that a filter matches: those that need attention first, then by name. */
export function matching(destinations: Destination[], { state, q }: DestinationFilter): Destination[] {
  const text = q?.toLowerCase();
  return destinations
    .filter((one) => !state?.length || state.includes(one.state))
    .filter(({ name, url, organisation_id, slug }) => {
      const searched = [name, url, organisation_id, slug].join(" ").toLowerCase();
      return !text || searched.includes(text);
    })
    .sort((a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name, "en"));
}

function urgency({ state }: Destination): number {
  return DESTINATION_STATES.indexOf(state);
}
