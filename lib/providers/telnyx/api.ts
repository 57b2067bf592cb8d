/**
 * Telnyx's API: the list of webhook deliveries, which repeats the original event
 * (https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries). A delivery is listed by its own times, not
 * by the event's, and one event may have several. Limits: headers only, no published numbers.
 */
import { ApiFailure, type ApiSession, type Entry, type Page, type ProviderApi } from "../api";
import { membersOf } from "../json-bytes";
import { isWithin, type Listed, listedIn } from "../listed";
import { at, idFrom, keyFrom, timeFrom, typeFrom } from "../shape";
import { authorised } from "./authorised";
import { telnyxConfiguration } from "./endpoints";
import { nextPage, pageOf } from "./pages";
import { writtenTime } from "./written-time";

const PER_PAGE = 250;
/** How long after its event a delivery may start and still be found. In the documentation's example it is 58 minutes. */
const START_SECONDS = 3600;
/** What is not finished is not listed yet: nearer to now the list grows while it is read. */
const GROWING_SECONDS = 60;
/** How far the clocks of the two may differ. */
const CLOCK_SECONDS = 60;
/** A longer list is read in two halves, so that a change in the middle costs less. */
const MOST_PAGES = 40;
/** Halves of a shorter window would have as many pages: each also reads START_SECONDS. */
const SHORTEST_SPLIT_MS = 2 * START_SECONDS * 1000;

export const telnyxApi: ProviderApi = {
  coverage: {
    kind: "events",
    proves: "Every event that Telnyx tried to deliver in the window is here, compared by its id.",
    misses:
      "Calls and messages without a webhook URL are in no list. TeXML callbacks and clicked links have no id to compare. Telnyx does not say how far back the list goes.",
  },
  // Its retries have no published schedule. Messages: three tries per URL, then as many at the failover URL.
  waitSeconds: 1200,
  lookbackSeconds: 1200,
  rights:
    "An API key of the Telnyx portal, made under Account Settings → Keys & Credentials → API Keys. Telnyx has no read-only keys: keep it for this desk alone, so that it can be revoked.",
  credentials: {
    key: {
      label: "API key",
      help: "Begins with KEY.",
      variable: "TELNYX_API_KEY",
      isSecret: true,
    },
    endpoint: {
      label: "Only deliveries to",
      help: "The beginning of a webhook URL. Set it when the account also sends to other systems: their events would count as missing here.",
      variable: "TELNYX_DELIVERIES_TO",
      isSecret: false,
      isOptional: true,
      read: readAddress,
    },
  },
  urlVariable: "TELNYX_API_URL",
  url: () => "https://api.telnyx.com",
  budget: { requests: 5, perSeconds: 1, burst: 5 },
  pairs: "event_key",

  async list(session, window, cursor): Promise<Page> {
    const place = pageOf(cursor, endOf(window, session.now()));
    const answer = await session.ask({
      ...authorised(session),
      path: "/v2/webhook_deliveries",
      query: [
        ["filter[started_at][gte]", new Date(window.from.getTime() - CLOCK_SECONDS * 1000).toISOString()],
        ["filter[started_at][lte]", place.end],
        ["page[number]", String(place.page)],
        ["page[size]", String(PER_PAGE)],
      ],
    });
    const listed = listedIn(answer, "data", "webhook deliveries");
    const meta = at(answer.json, "meta");
    const next = nextPage(place, meta, at(listed[0]?.value, "id"));
    if (isTooLong(window, at(meta, "total_pages"))) return { entries: [], next: null, isTooLarge: true };
    const entries = listed.flatMap((delivery) => entryOf(session, delivery));
    return { entries: distinct(entries).filter((entry) => isWanted(entry, window)), next };
  },

  async get(session, id) {
    const answer = await session.ask({
      ...authorised(session),
      path: "/v2/webhook_deliveries",
      // There is no look-up by the event's id. A text that another event repeats is left out below.
      query: [
        ["filter[webhook][contains]", id],
        ["page[size]", String(PER_PAGE)],
      ],
    });
    const listed = listedIn(answer, "data", "webhook deliveries");
    return listed.flatMap((delivery) => entryOf(session, delivery)).find(({ eventKey }) => eventKey === id);
  },

  configuration: telnyxConfiguration,

  async test(session) {
    const query = [["page[size]", "1"]] as const;
    await session.ask({ ...authorised(session), path: "/v2/webhook_deliveries", query });
  },
};

/** Nothing for a delivery to another system, and for what has no id: see `misses`. */
function entryOf({ credentials }: ApiSession, { value, bytes }: Listed): Entry[] {
  const webhook = membersOf(bytes).get("webhook");
  const event = at(value, "webhook", "data") ?? at(value, "webhook");
  if (typeof event !== "object" || event === null || webhook === undefined) {
    throw new ApiFailure("malformed", "A webhook delivery of the answer has no webhook.");
  }
  const eventKey = keyFrom(at(event, "id"));
  if (eventKey === undefined || !isFor(credentials.endpoint, value)) return [];
  const occurredAt = timeFrom(writtenTime({ data: event })) ?? timeFrom(at(value, "started_at"));
  if (occurredAt === undefined) throw new ApiFailure("malformed", "A webhook delivery of the answer has no time.");
  const objectId = idFrom(at(event, "payload", "call_control_id")) ?? idFrom(at(event, "payload", "id"));
  return [
    {
      eventKey,
      eventType: typeFrom(at(event, "event_type")),
      ...(objectId !== undefined && { objectId }),
      occurredAt,
      origin: "provider_api",
      webhook: {
        // The list has what webhooks have in `data`. Their `meta` is about the attempt.
        body: wrapped(membersOf(webhook).get("data") ?? webhook),
        headers: [["content-type", "application/json; charset=utf-8"]],
      },
    },
  ];
}

function wrapped(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"data":'), data, Buffer.from("}")]);
}

/** An attempt says where it was sent. Without an attempt it counts: no system received it. */
function isFor(endpoint: string | undefined, delivery: unknown): boolean {
  if (!endpoint) return true;
  const attempts = at(delivery, "attempts");
  const urls = (Array.isArray(attempts) ? attempts : []).map((attempt) => at(attempt, "http", "request", "url"));
  const known = urls.filter((url) => typeof url === "string");
  return known.length === 0 || known.some((url) => url.startsWith(endpoint));
}

function isWanted({ occurredAt, eventType }: Entry, window: { from: Date; to: Date; types?: readonly string[] }) {
  return isWithin(occurredAt, window) && (window.types === undefined || window.types.includes(eventType));
}

/** Of several deliveries of one event, the first. */
function distinct(entries: Entry[]): Entry[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.eventKey, entry])).values()].toReversed();
}

function isTooLong({ from, to }: { from: Date; to: Date }, pages: unknown): boolean {
  return Number(pages) > MOST_PAGES && to.getTime() - from.getTime() > SHORTEST_SPLIT_MS;
}

/** Fixed when a window is begun: the cursor keeps it. */
function endOf({ to }: { to: Date }, now: Date): string {
  const [wanted, settled] = [to.getTime() + START_SECONDS * 1000, now.getTime() - GROWING_SECONDS * 1000];
  return new Date(Math.min(wanted, settled)).toISOString();
}

function readAddress(text: string) {
  const value = text.trim();
  return URL.canParse(value) && /^https?:/i.test(value) ? { value } : { problem: "must begin with https://" };
}
