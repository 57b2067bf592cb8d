import type { EventFilter } from "@/lib/contract/event-filter";
import { printId } from "@/lib/contract/ids";
import type { Replay } from "@/lib/contract/replays";
import { plural } from "../format";
import { providerName } from "../provider";
import { filterSentence } from "./event-filter-text";

/** An end this close before the replay's creation was set when its sheet was opened. */
const SHEET_OPEN_MS = 3_600_000;

/** What was selected, in words: `12 chosen events`, `All that match Stripe · dead`, `What failed in wr_3`. */
export function selectionText({ selection, total, created_at }: Replay, time: (iso: string) => string): string {
  const { event_ids, event_keys, provider_slug, filter, failures_of, limit } = selection as {
    event_ids?: number[];
    event_keys?: string[];
    provider_slug?: string;
    filter?: EventFilter;
    failures_of?: number;
    limit?: number;
  };
  if (event_ids)
    return event_ids.length === 1
      ? `Event ${printId("event", event_ids[0] as number)}`
      : `${plural(event_ids.length, "chosen event")}`;
  if (event_keys) {
    const name = provider_slug ? providerName(provider_slug) : "";
    return event_keys.length === 1 ? `${name} ${event_keys[0]}` : `${event_keys.length} ${name} keys`;
  }
  if (failures_of) return `What failed in ${printId("replay", failures_of)}`;
  if (!filter) return plural(total, "delivery", "deliveries");
  const sentence = filterSentence(chosenBy(filter, created_at), time);
  const which = limit ? `The oldest ${plural(limit, "event")}` : "All";
  return sentence ? `${which} that match ${sentence}` : `${which} of the history`;
}

/** The filter without the end that the sheet set when it was opened: the person did not choose that. */
function chosenBy(filter: EventFilter, createdAt: string): EventFilter {
  const away = Date.parse(createdAt) - Date.parse(filter.to_ts ?? "");
  return away >= 0 && away < SHEET_OPEN_MS ? { ...filter, to_ts: undefined } : filter;
}
