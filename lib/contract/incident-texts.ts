/** Texts about an incident that are ready to paste: for the provider's support, and for a customer. Plain text. */
import type { Incident } from "./api/incidents";

type Told = Pick<Incident, "id" | "title" | "from_ts" | "to_ts" | "state">;
type Counts = Incident["counts"];

/** What the provider's support needs to find the requests in its own logs. */
export interface SupportFacts {
  provider: string;
  /** Items of this provider. */
  counts: Counts;
  types: readonly { event_type: string; counts: Counts }[];
  /** The first ones, as examples. */
  eventKeys: readonly string[];
  /** The provider's own ids of our requests to its API. */
  requestIds: readonly string[];
  /** What we rejected, by reason. */
  rejections: readonly { reason: string; count: number }[];
}

/** A question to the support of a provider. */
export function supportText(incident: Told, facts: SupportFacts): string {
  const { counts } = facts;
  const open = counts.affected + counts.still_missing + counts.unrecoverable;
  return paragraphs(
    [
      `Subject: Webhooks of ${day(incident.from_ts)}: ${plural(counts.total, "event")} affected (our reference ${incident.id})`,
    ],
    ["Hello,"],
    [
      `between ${minute(incident.from_ts)} and ${minute(incident.to_ts)} (UTC) ${plural(counts.total, "webhook")} of ${facts.provider} ` +
        `did not take effect on our side. ${verified(counts)}${open > 0 ? ` ${plural(open, "event")} ${open === 1 ? "is" : "are"} still open.` : ""}`,
    ],
    ["Event types:", ...facts.types.map((type) => `- ${type.event_type}: ${type.counts.total}`)],
    facts.eventKeys.length > 0 && [
      `Event ids${facts.eventKeys.length < counts.total ? ` (the first ${facts.eventKeys.length}; all are in items.csv)` : ""}:`,
      ...facts.eventKeys.map((key) => `- ${key}`),
    ],
    facts.requestIds.length > 0 && [
      "Request ids of our calls to your API (all are in requests.jsonl):",
      ...facts.requestIds.map((id) => `- ${id}`),
    ],
    facts.rejections.length > 0 && [
      "Requests that we rejected in this time, by reason:",
      ...facts.rejections.map(({ reason, count }) => `- ${reason}: ${count}`),
    ],
    ["Please tell us:"],
    [
      "1. Did you send these events, to which URL, when, and what did our endpoint answer?",
      "2. Was there a change on your side in this time (endpoint disabled, signing secret, delivery delays)?",
      "3. Can you send the events again that are still open?",
    ],
    ["Thank you."],
  );
}

/** What happened to one customer's (merchant's) events, without names of other customers. */
export function customerNotice(incident: Told, { org_id, counts }: { org_id: string | null; counts: Counts }): string {
  return paragraphs(
    [`Subject: Delayed notifications on ${day(incident.from_ts)} (reference ${incident.id})`],
    ["Hello,"],
    [
      `between ${minute(incident.from_ts)} and ${minute(incident.to_ts)} (UTC) ${plural(counts.total, "event")} of your account` +
        `${org_id === null ? "" : ` (${org_id})`} ${counts.total === 1 ? "was" : "were"} not processed in time.`,
    ],
    [verified(counts), ...openOnes(counts)],
    [
      counts.verified === counts.total
        ? "You do not have to do anything. An event that you receive twice has the same id both times."
        : "We will write again when all of them are processed. An event that you receive twice has the same id both times.",
    ],
    ["We are sorry for the inconvenience."],
  );
}

function verified({ verified: done, total }: Counts): string {
  if (done === total)
    return total === 1
      ? "It has been processed and checked since."
      : "All of them have been processed and checked since.";
  return `${done} of them ${done === 1 ? "has" : "have"} been processed and checked since.`;
}

function openOnes({ affected, recovered, still_missing, unrecoverable }: Counts): string[] {
  const underWay = affected + recovered + still_missing;
  return [
    ...(underWay > 0 ? [`We are working on ${plural(underWay, "event")}.`] : []),
    ...(unrecoverable > 0
      ? [
          `${plural(unrecoverable, "event")} cannot be brought back. We will contact you about ${unrecoverable === 1 ? "it" : "them"}.`,
        ]
      : []),
  ];
}

function paragraphs(...blocks: (readonly string[] | false)[]): string {
  return `${blocks.flatMap((lines) => (lines === false ? [] : [lines.join("\n")])).join("\n\n")}\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `2026-11-30`, as SQL prints times. */
const day = (time: string) => time.slice(0, 10);
/** `2026-11-30 15:04` */
const minute = (time: string) => time.slice(0, 16).replace("T", " ");
