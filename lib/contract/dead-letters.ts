/** The JSON of `GET /api/dead-letters`: dead deliveries by cause. Times are ISO 8601 in UTC. */
import type { EventFilter } from "./event-filter";
import type { ErrorClass } from "./vocabulary";

export interface DeadLetterGroup {
  destination: { id: number; slug: string; name: string; kind: "tables" | "http" };
  /** The cause's stable name: class, status and normalised message. */
  error_group: string;
  error_class: ErrorClass | null;
  http_status: number | null;
  /** What the messages have in common: `#` stands for numbers and ids, `…` for quoted values. */
  message: string | null;
  /** Deliveries, and as many events: an event goes to a destination once. */
  count: number;
  first_at: string;
  last_at: string;
  /** How many died in each of the last 24 hours of the clock, the current one last. */
  hours: number[];
  /** Most frequent among the newest 100, at most three each. */
  providers: string[];
  event_types: string[];
  /** The newest event, with its own message. */
  sample: { id: string; event_key: string; error: string | null };
}

export interface DeadLetters {
  /** Biggest first. */
  groups: DeadLetterGroup[];
  /** Of all groups, also those beyond the list. */
  total: { groups: number; deliveries: number; events: number };
}

/** The numbers beside the rooms of the console. */
export interface RailCounts {
  /** Dead events, counted up to 10,000. */
  dead_letters: number;
  running_replays: number;
}

/** What finds exactly this group's deliveries: in the history, in a preview and in a replay. */
export function filterOfGroup({ destination, error_group }: DeadLetterGroup): EventFilter {
  return {
    status: ["dead"],
    destination: [destination.slug],
    delivery_status: ["dead"],
    error_group: [error_group],
  };
}
