import type { Analytics } from "@/lib/contract/analytics";
import type { Alert } from "@/lib/contract/api/alerts";
import type { Destination } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { EventSummary } from "@/lib/contract/events";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { REJECTION, type RejectionFacts } from "@/lib/contract/rejections";
import type { RejectionReason } from "@/lib/contract/vocabulary";
import { count, duration, plural } from "../format";
import { historyAddress } from "../links";
import { providerName, secretVariable } from "../provider";
import { troubleOf } from "../status/destination-text";
import { rightAddress, rightAddressSentence, WRONG_ADDRESS, wrongAddressSentence } from "../status/wrong-address-text";
import { alertConcerns, saidBy } from "./alert-concerns";
import type { Concern } from "./concern";
import { WAITING_TOO_LONG_SECONDS } from "./vital-signs";

/** More causes than this are shown as one link to the list. */
const SHOWN_CAUSES = 5;

/** What fires is first. Below it is what no alert says: too little for a rule, or of a kind that has none. */
export function concernsOf(
  { alerts, ...found }: { alerts: readonly Alert[]; analytics: Analytics },
  troubled: Destination[],
  incomplete: SourceCoverage[],
  now: number,
): Concern[] {
  const said = saidBy(alerts);
  const { analytics } = found;
  const isUnsaid = (provider: string, ...kinds: Parameters<typeof said>[0]) => !said(kinds, { provider });
  return [
    ...alertConcerns(alerts),
    ...deadGroups(analytics, (provider) => isUnsaid(provider, "dead_letters")),
    ...missingEvents(
      incomplete.filter(({ provider_slug }) => isUnsaid(provider_slug, "missing", "horizon")),
      now,
    ),
    ...troubledDestinations(
      troubled.filter(({ id }) => !said(["endpoint_down", "endpoint_disabled"], { destination: id })),
      now,
    ),
    ...(said(["oldest_due", "worker_gone"]) ? [] : waiting(analytics)),
    ...wrongAddresses(analytics),
    ...refusals(analytics).filter(({ provider }) => isUnsaid(provider, "rejections")),
    ...versions(analytics),
  ];
}

/** Dead events with the same provider and cause are one concern. */
function deadGroups({ needs_attention, dead_letters }: Analytics, isUnsaid: (provider: string) => boolean): Concern[] {
  const groups = new Map<string, EventSummary[]>();
  const dead = needs_attention.filter(({ status, provider_slug }) => status === "dead" && isUnsaid(provider_slug));
  if (dead.length === 0) return [];
  for (const event of dead) {
    const cause = `${event.provider_slug} ${event.last_error_class}`;
    groups.set(cause, [...(groups.get(cause) ?? []), event]);
  }
  const biggestFirst = [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, SHOWN_CAUSES);
  // Only the newest dead events are listed. When there are more, the size of a group is unknown.
  const complete = groups.size <= SHOWN_CAUSES && needs_attention.length >= dead_letters;
  const listed = biggestFirst.map(([key, events]): Concern => {
    const { provider_slug, last_error_class, received_at } = events[0] as EventSummary;
    const name = `${providerName(provider_slug)} event`;
    const cause = last_error_class ? ERROR_CLASS[last_error_class].label.toLowerCase() : "no reason was recorded";
    return {
      key: `dead ${key}`,
      tone: "red",
      sentence: `${complete ? plural(events.length, name) : `${name}s`} died: ${cause}.`,
      detail: last_error_class ? ERROR_CLASS[last_error_class].hint : undefined,
      at: received_at,
      link: {
        label: "Open them",
        href: historyAddress({
          provider_slug: [provider_slug],
          status: ["dead"],
          error_class: last_error_class ? [last_error_class] : undefined,
        }),
      },
    };
  });
  if (complete) return listed;
  return [
    ...listed,
    {
      key: "dead rest",
      tone: "red",
      sentence: `${plural(dead_letters, "event is", "events are")} dead in all.`,
      link: { label: "Open all", href: "/dead-letters" },
    },
  ];
}

/** What a provider has and we do not, one line per source, with the run that shows it. */
function missingEvents(incomplete: SourceCoverage[], now: number): Concern[] {
  return incomplete.map(({ provider_slug, source_id, name, missing, open_run_id, lost_at, oldest_missing_at }) => {
    const provider = providerName(provider_slug);
    const left = lost_at === null ? null : Date.parse(lost_at) - now;
    return {
      key: `missing ${source_id ?? provider_slug}`,
      tone: "red",
      sentence: `${name === null ? provider : `${provider}, ${name}`}: ${plural(missing, "event")} ${missing === 1 ? "is" : "are"} missing.`,
      detail: [
        `${provider} has ${missing === 1 ? "it" : "them"}. A back-fill stores and delivers ${missing === 1 ? "it" : "them"}.`,
        left !== null && left > 0 && `The oldest can be read there for another ${duration(left)}.`,
      ]
        .filter(Boolean)
        .join(" "),
      at: oldest_missing_at ?? undefined,
      link: open_run_id
        ? { label: "Open run", href: `/reconciliation/${open_run_id}` }
        : { label: "Open reconciliation", href: `/reconciliation#${source_id ?? provider_slug}` },
    };
  });
}

function troubledDestinations(troubled: Destination[], now: number): Concern[] {
  return troubled.map((destination) => {
    const trouble = troubleOf(destination, now);
    return {
      key: `destination ${destination.id}`,
      tone: destination.state === "half_open" ? "amber" : "red",
      sentence: `${destination.name}: ${lowerFirst(trouble?.title ?? "deliveries fail.")}`,
      detail: trouble?.outlook,
      at: destination.health.last_failure_at ?? undefined,
      link: { label: "Open destination", href: `/destinations/${destination.id}` },
    };
  });
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function waiting({ waiting: { oldest_due_seconds: oldest, count: waiting, blocked } }: Analytics): Concern[] {
  if (oldest === null || oldest <= WAITING_TOO_LONG_SECONDS) return [];
  return [
    {
      key: "waiting",
      tone: "amber",
      sentence: `A delivery has been due for ${duration(oldest * 1_000)}; ${count(waiting - blocked)} are due or planned.`,
      detail: "Check that a worker runs: inside the server, or as npm run worker.",
      link: { label: "Open them", href: historyAddress({ delivery_status: ["pending", "retrying"] }) },
    },
  ];
}

/** Other bytes under a known key: only the first version was delivered. */
function versions({ totals: { conflict }, from, to }: Analytics): Concern[] {
  if (conflict === 0) return [];
  return [
    {
      key: "versions",
      tone: "amber",
      sentence: `${plural(conflict, "other version")} of known events came, with different bytes.`,
      detail: "Only the first version of each event was delivered. Compare them, and replay the right one.",
      link: { label: "Open them", href: historyAddress({ variant: "1", from_ts: from, to_ts: to }) },
    },
  ];
}

/** The organisation, source and key of the last rejected request, where they are known. */
function whoseText(last: Analytics["rejections"][number]): string | null {
  const parts = [
    last.last_organisation_id && `organisation ${last.last_organisation_id}`,
    last.last_source_id && `source ${last.last_source_id}`,
    last.last_event_key && `event ${last.last_event_key}`,
  ].filter(Boolean);
  return parts.length > 0 ? `It was of ${parts.join(", ")}.` : null;
}

/** A sender that posts to an address without an endpoint loses every event. */
function wrongAddresses({ rejections }: Analytics): Concern[] {
  const strays = rejections.filter(({ reason }) => reason === WRONG_ADDRESS);
  return strays.map(({ provider, count: requests, last_at, last_detail }) => ({
    key: `wrong address ${provider}`,
    tone: "red",
    sentence: wrongAddressSentence(provider, last_detail ?? "", requests),
    detail: rightAddressSentence(provider),
    at: last_at,
    link: { label: "See the addresses", href: "/sources#wrong-addresses" },
  }));
}

/** One line per source: its reasons, most frequent first, with what to do about the first. */
function refusals({ rejections: all }: Analytics): (Concern & { provider: string })[] {
  const rejections = all.filter(({ reason }) => reason !== WRONG_ADDRESS);
  const sources = [...new Set(rejections.map(({ provider }) => provider))];
  return sources.map((provider) => {
    const reasons = rejections.filter((one) => one.provider === provider);
    const known = ({ reason }: { reason: string }) =>
      REJECTION[reason as RejectionReason] as RejectionFacts | undefined;
    const way = { variable: secretVariable(provider), address: rightAddress(provider) };
    const total = reasons.reduce((sum, { count }) => sum + count, 0);
    const split = reasons.map((one) => `${count(one.count)} ${known(one)?.counted ?? one.reason}`).join(", ");
    const [first] = reasons;
    return {
      provider,
      key: `refused ${provider}`,
      tone: "amber",
      sentence: `${providerName(provider)}: ${plural(total, "request")} rejected: ${split}.`,
      detail:
        first &&
        [known(first)?.advice(way), first.last_detail && `Last: ${first.last_detail}`, whoseText(first)]
          .filter(Boolean)
          .join(" "),
      at: reasons
        .map(({ last_at }) => last_at)
        .sort()
        .at(-1),
      link: { label: "Open source", href: `/sources#${provider}` },
    };
  });
}
