/** A filter in words, for chips and empty lists. */
import type { Range } from "@/lib/contract/analytics";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { EventFilter } from "@/lib/contract/event-filter";
import { printEventFilter } from "@/lib/contract/print-filter";
import { DELIVERY_STATUS, FILTER_STATUS, TRUST } from "@/lib/contract/vocabulary";
import { plural } from "../format";
import { providerName } from "../provider";

export const RANGE_LABELS: Record<Range, string> = {
  "15m": "last 15 minutes",
  "1h": "last hour",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
};

/** The filter without its time range. */
export const NO_TIME = { range: undefined, from_ts: undefined, to_ts: undefined } satisfies EventFilter;

type Part = "provider" | "status" | "time" | "type" | "organisation" | "company" | "error" | DeliveryPart | RarePart;
type DeliveryPart = "destination" | "answer" | "delivery" | "cause";
type RarePart =
  | "attempts"
  | "trust"
  | "replayed"
  | "payload"
  | "version"
  | "suspicion"
  | "customer"
  | "object"
  | "mode";
type Words = Record<Part, string | null>;

/** Destinations by slug, when the caller has them: names are more readable. */
export type DestinationNames = Readonly<Record<string, string>>;

/** How to format a time: local in the browser, UTC on the server, which does not know the reader's zone. */
type TimeFormat = (iso: string) => string;

/** Null when the filter does not restrict it. */
export function filterText(filter: EventFilter, time: TimeFormat, names: DestinationNames = {}): Words {
  const status = either(filter.status?.map((status) => FILTER_STATUS[status].label.toLowerCase()));
  const delivery = either(filter.delivery_status?.map((status) => DELIVERY_STATUS[status].label.toLowerCase()));
  return {
    provider: either(filter.provider_slug?.map(providerName)),
    status,
    time: timeText(filter, time),
    type: either(filter.event_type?.split(",")),
    organisation: filter.org_id ?? null,
    company: filter.company_id ?? null,
    error: either(filter.error_class?.map(errorText)),
    destination: prefixed("to ", either(filter.destination?.map((slug) => names[slug] ?? slug))),
    answer: prefixed("answered ", either(filter.http_status)),
    // `dead · delivery dead` would repeat itself.
    delivery: delivery === status ? null : prefixed("delivery ", delivery),
    cause: prefixed("one cause ", either(filter.error_group?.map((name) => name.slice(0, 6)))),
    customer: prefixed("customer ", filter.customer ?? null),
    object: prefixed("about ", filter.object ?? null),
    mode: filter.livemode ? (filter.livemode === "false" ? "test mode" : "live") : null,
    attempts: filter.attempts ? `${plural(filter.attempts, "attempt")} or more` : null,
    trust: either(filter.trust?.map((trust) => TRUST[trust].label.toLowerCase())),
    replayed: filter.replayed ? (filter.replayed === "1" ? "replayed before" : "never replayed") : null,
    version: versionText(filter),
    suspicion: filter.suspected ? (filter.suspected === "1" ? "suspected replays" : "no suspected replays") : null,
    payload: filter.text ? `payload contains “${filter.text}”` : null,
  };
}

function versionText({ variant, conflict }: EventFilter): string | null {
  const words = [
    variant && (variant === "1" ? "other versions of an event" : "first versions"),
    conflict && (conflict === "1" ? "with other versions" : "without other versions"),
  ].filter(Boolean);
  return words.length > 0 ? words.join(", ") : null;
}

/** `Stripe · failed or dead · last 24 hours`. */
export function filterSentence(filter: EventFilter, time: TimeFormat): string {
  const key = filter.q ? `key contains “${filter.q}”` : null;
  return [...Object.values(filterText(filter, time)), key].filter(Boolean).join(" · ");
}

export function errorText(errorClass: string): string {
  const known = ERROR_CLASS as Record<string, { label: string } | undefined>;
  return known[errorClass]?.label.toLowerCase() ?? errorClass;
}

function timeText({ range, from_ts, to_ts }: EventFilter, format: TimeFormat): string | null {
  if (from_ts && to_ts) return between(format(from_ts), format(to_ts));
  if (from_ts) return `since ${format(from_ts)}`;
  if (to_ts) return `until ${format(to_ts)}`;
  return range ? RANGE_LABELS[range] : null;
}

/** `22 Nov 2025, 05:30:00 – 05:45:00`: the day once, when it is the same. */
function between(from: string, to: string): string {
  const [day, time] = to.split(", ");
  return `${from} – ${time && from.startsWith(`${day}, `) ? time : to}`;
}

function prefixed(before: string, words: string | null): string | null {
  return words && before + words;
}

function either(words: string[] | undefined): string | null {
  return words?.length ? words.join(" or ") : null;
}

export function isFiltered(filter: EventFilter): boolean {
  return printEventFilter(filter) !== "";
}
