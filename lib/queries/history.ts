/** What the history shows around its table: the histogram above it, and the counts next to the filter's choices. */

import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventHistogram, EventTypeCount } from "@/lib/contract/history";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { withKnownWords } from "./known-words";

/** Events per step of time, by outcome. Throws a `Refusal` for a search in payloads, which would read each of them. */
export async function readHistogram(asked: EventFilter, asker: Scoped): Promise<EventHistogram> {
  if (asked.text !== undefined) throw new Refusal("histogram_of_text");
  const filter = await withKnownWords(asked, asker);
  return call("console", "read_event_histogram", { p_filter: filter, ...scopeOf(asker) });
}

/** Received events by provider and type, in the time range of a filter; of the last 7 days when it has none. */
export function countEventTypes(
  times: Pick<EventFilter, "from_ts" | "to_ts" | "range">,
  asker: Scoped,
): Promise<EventTypeCount[]> {
  return call("console", "count_event_types", { p_filter: times, ...scopeOf(asker) });
}
