/** The JSON of `GET /api/dead-letters`: dead deliveries by cause. Times are ISO 8601 in UTC. */
import type { DeadLetterGroup } from "./api/dead-letters";
import type { EventFilter } from "./event-filter";

export type { DeadLetterGroup, DeadLetters, RailCounts } from "./api/dead-letters";

/** The filter that matches exactly this group's deliveries: in the history, in a preview and in a replay. */
export function filterOfGroup({ destination, error_group }: DeadLetterGroup): EventFilter {
  return {
    status: ["dead"],
    destination: [destination.slug],
    delivery_status: ["dead"],
    error_group: [error_group],
  };
}
