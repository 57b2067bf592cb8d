/** A filter in words: what the chips say, and what an empty list says about itself. */
import type { Range } from "@/lib/contract/analytics";
import type { EventFilter } from "@/lib/contract/event-filter";
import { DELIVERY_STATUS, ERROR_CLASS, EVENT_STATUS } from "@/lib/contract/vocabulary";
import { providerName } from "../provider";

export const RANGE_WORDS: Record<Range, string> = {
  "15m": "last 15 minutes",
  "1h": "last hour",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
};

type Words = Record<
  "provider" | "status" | "time" | "type" | "organisation" | "company" | "error" | "destination",
  string | null
>;

/** How a time reads: local in the browser, UTC on the server, which knows no reader's zone. */
type TimeFormat = (iso: string) => string;

/** Null where the filter does not say anything. */
export function filterWords(filter: EventFilter, time: TimeFormat): Words {
  return {
    provider: either(filter.provider_slug?.map(providerName)),
    status: either(filter.status?.map((status) => EVENT_STATUS[status].label.toLowerCase())),
    time: timeWords(filter, time),
    type: filter.event_type ?? null,
    organisation: filter.org_id ?? null,
    company: filter.company_id ?? null,
    error: either(filter.error_class?.map(errorWords)),
    destination: destinationWords(filter),
  };
}

/** `Stripe · failed or dead · last 24 hours`. */
export function filterSentence(filter: EventFilter, time: TimeFormat): string {
  const key = filter.q ? `key contains “${filter.q}”` : null;
  return [...Object.values(filterWords(filter, time)), key].filter(Boolean).join(" · ");
}

export function errorWords(errorClass: string): string {
  const known = ERROR_CLASS as Record<string, { label: string } | undefined>;
  return known[errorClass]?.label.toLowerCase() ?? errorClass;
}

/** `dead at ds_12`, `to ds_12`, `a delivery dead`. */
function destinationWords({ destination, delivery_status }: EventFilter): string | null {
  const status = either(delivery_status?.map((one) => DELIVERY_STATUS[one].label.toLowerCase()));
  if (!destination) return status && `a delivery ${status}`;
  return status ? `${status} at ${destination}` : `to ${destination}`;
}

function timeWords({ range, from_ts, to_ts }: EventFilter, format: TimeFormat): string | null {
  if (from_ts && to_ts) return between(format(from_ts), format(to_ts));
  if (from_ts) return `since ${format(from_ts)}`;
  if (to_ts) return `until ${format(to_ts)}`;
  return range ? RANGE_WORDS[range] : null;
}

/** `22 Nov 2025, 05:30:00 – 05:45:00`: the day once, when it is the same. */
function between(from: string, to: string): string {
  const [day, time] = to.split(", ");
  return `${from} – ${time && from.startsWith(`${day}, `) ? time : to}`;
}

function either(words: string[] | undefined): string | null {
  return words?.length ? words.join(" or ") : null;
}
