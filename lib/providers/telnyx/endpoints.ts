/**
 * How Telnyx is set up to send to us: messaging profiles and connections, voice applications among them, each with a webhook
 * URL of its own. They are changed with PATCH, which we do not send: an operator does it in the portal.
 */
import { type ApiSession, type Configuration, type ConfigurationProblem, listIn } from "../api";
import { numberOf, sendingTo } from "../listed";
import { at, idFrom } from "../shape";
import { authorised } from "./authorised";

const PER_PAGE = 250;
const MOST_PAGES = 20;
const MOST_NAMES = 5;

interface Sender {
  name: string;
  kind: "messaging profile" | "connection";
  url: unknown;
  failover: unknown;
  isActive: boolean;
  format: unknown;
}

export async function telnyxConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const profiles = await all(session, "/v2/messaging_profiles", "messaging profiles");
  const connections = await all(session, "/v2/connections", "connections");
  const senders = [...profiles.map(profileIn), ...connections.map(connectionIn)];
  const ours = sendingTo(senders, ({ url }) => url, endpointUrl);
  const fallback = sendingTo(
    senders.filter((sender) => sender.url && !ours.includes(sender)),
    ({ failover }) => failover,
    endpointUrl,
  );
  const silent = senders.filter(({ url, kind }) => !url && kind === "messaging profile");
  const others = senders.filter((sender) => sender.url && !ours.includes(sender) && !fallback.includes(sender));
  return {
    // Telnyx sends all types.
    subscribedTypes: null,
    problems: [
      ...(ours.length === 0 ? [noUrl()] : []),
      ...about(fallback, failoverOnly),
      ...about(
        ours.filter(({ isActive }) => !isActive),
        inactive,
      ),
      ...about(
        ours.filter(({ format }) => typeof format === "string" && format !== "2"),
        oldFormat,
      ),
      ...about(silent, withoutUrl),
      ...(session.credentials.endpoint ? [] : about(others, elsewhere)),
    ],
  };
}

async function all(session: ApiSession, path: string, what: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { json } = await session.ask({
      ...authorised(session),
      path,
      query: [
        ["page[number]", String(page)],
        ["page[size]", String(PER_PAGE)],
      ],
    });
    found.push(...listIn(at(json, "data"), what));
    if (page >= numberOf(at(json, "meta", "total_pages"), "number of pages")) break;
  }
  return found;
}

function profileIn(value: unknown): Sender {
  return {
    name: nameIn(value, "name"),
    kind: "messaging profile",
    url: at(value, "webhook_url"),
    failover: at(value, "webhook_failover_url"),
    isActive: at(value, "enabled") !== false,
    format: at(value, "webhook_api_version"),
  };
}

function connectionIn(value: unknown): Sender {
  return {
    name: nameIn(value, "connection_name"),
    kind: "connection",
    url: at(value, "webhook_event_url"),
    failover: at(value, "webhook_event_failover_url"),
    isActive: at(value, "active") !== false,
    format: at(value, "webhook_api_version"),
  };
}

function nameIn(value: unknown, field: string): string {
  return idFrom(at(value, field)) ?? idFrom(at(value, "id")) ?? "without a name";
}

type Describe = (names: string, count: number) => ConfigurationProblem;

function about(senders: readonly Sender[], describe: Describe): ConfigurationProblem[] {
  if (senders.length === 0) return [];
  const names = senders.slice(0, MOST_NAMES).map(({ kind, name }) => `${kind} “${name}”`);
  const more = senders.length - names.length;
  return [describe([...names, ...(more > 0 ? [`${more} more`] : [])].join(", "), senders.length)];
}

function noUrl(): ConfigurationProblem {
  return {
    code: "url_missing",
    title: "No messaging profile and no connection of this Telnyx account sends to our URL.",
    wayOut:
      "Set the URL of this source as webhook URL of your messaging profiles and voice applications. A URL in the request that sends a message is not listed here.",
  };
}

const failoverOnly: Describe = (names) => ({
  code: "failover_only",
  title: `We are only the failover URL of ${names}.`,
  wayOut:
    "Events come here only when the other URL fails. Make ours the webhook URL, if it is meant to get all events.",
});

const inactive: Describe = (names) => ({
  code: "inactive",
  title: `Telnyx has disabled ${names}, or a user has.`,
  wayOut: "Enable it in the Telnyx portal.",
});

const oldFormat: Describe = (names) => ({
  code: "old_format",
  title: `An old webhook format is set for ${names}. Only API v2 is read here.`,
  wayOut: "Set the webhook API version to API v2 in the Telnyx portal.",
});

const withoutUrl: Describe = (names) => ({
  code: "without_url",
  title: `No webhook URL is set for ${names}.`,
  wayOut:
    "Their messages send no webhooks, and are in no list, unless the request that sends a message names a URL. Set the webhook URL in the Telnyx portal.",
});

const elsewhere: Describe = (names) => ({
  code: "sends_elsewhere",
  title: `Another webhook URL is set for ${names}.`,
  wayOut:
    "Their events count as missing here. If they are meant for another system, set “Only deliveries to” of the credentials to the beginning of our URL. If not, correct the URL in the Telnyx portal.",
});
