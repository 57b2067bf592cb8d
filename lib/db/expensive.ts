/**
 * The calls that may read a large part of the tables. They run in the search lane, a few at a time over all callers. A
 * filter without such a field has an index. A new function that scans gets its line here.
 */
import type { FunctionName } from "./functions/arguments";
import type { Lane } from "./lanes";

type Values = Readonly<Record<string, unknown>>;

interface Rule {
  /** Left out: always. */
  when?: (args: Values) => boolean;
  /** The call writes, so it is not cancelled when its caller goes away. */
  writes?: true;
}

/** Filter fields without an index: text in payloads, part of a key, and conditions on deliveries. */
const SCANNING = ["text", "q", "error_group", "destination", "delivery_status", "http_status"] as const;

const EXPENSIVE: Partial<Record<FunctionName, Rule>> = {
  list_events: { when: ({ p_filter }) => scans(p_filter) },
  list_merchant_events: {},
  count_events: { when: ({ p_filter }) => scans(p_filter) },
  event_neighbours: { when: ({ p_filter }) => scans(p_filter) },
  read_event_histogram: { when: ({ p_filter }) => scans(p_filter) },
  read_kpis: {},
  list_dead_letters: {},
  list_dead_letter_groups: {},
  preview_replay: {},
  list_projectable_items: {},
  list_replays: { when: ({ p_filter }) => scans(p_filter) },
  open_incident: { when: ({ p_incident }) => scans(selectionOf(p_incident)?.filter), writes: true },
  grow_incident: { when: ({ p_selection }) => scans((p_selection as Values | undefined)?.filter), writes: true },
  create_replay: { when: ({ p_selection }) => scans((p_selection as Values | undefined)?.filter), writes: true },
};

/** Calls that identify the caller. They must be quick whatever else is running. */
const OF_SIGN_IN: ReadonlySet<string> = new Set<FunctionName>([
  "find_staff",
  "use_api_token",
  "book_guess",
  "forget_guess",
  "record_refused_sign_in",
  "open_invitation",
  "start_session",
  "use_session",
  "sign_out",
  "accept_invitation",
]);

/** The lane and options of a call: the lane that asked, or the search lane. */
export function routeOf(lane: Lane, name: FunctionName, args: object): { lane: Lane; writes: boolean } {
  const rule = EXPENSIVE[name];
  if (rule && lane === "console" && (rule.when?.(args as Values) ?? true)) {
    return { lane: "search", writes: rule.writes ?? false };
  }
  return { lane: OF_SIGN_IN.has(name) ? "auth" : lane, writes: true };
}

function selectionOf(incident: unknown): Values | undefined {
  return (incident as Values | undefined)?.selection as Values | undefined;
}

function scans(filter: unknown): boolean {
  return typeof filter === "object" && filter !== null && SCANNING.some((field) => field in filter);
}
