/**
 * The message list of a sender of Standard Webhooks, in the shape of Svix's API (https://api.svix.com/docs, and its open
 * server): newest first, `before` and an iterator. `after` is not sent: older servers take only one of the two.
 */
import { ApiFailure, type Entry, type Page, type ProviderApi } from "../api";
import { membersOf } from "../json-bytes";
import { isWithin, type Listed, listedIn, textOf } from "../listed";
import type { Json } from "../provider";
import { at, idFrom, keyFrom, timeFrom, typeFrom } from "../shape";
import { applicationPath, authorised } from "./application";
import { standardConfiguration } from "./endpoints";

const PER_PAGE = 250;
/** Messages are in the order of their ids, which are made a moment before or after the time that they show. */
const MOMENT_MS = 60_000;
const REGIONS = ["us", "eu", "in", "ca", "au"];

export const standardApi: ProviderApi = {
  coverage: {
    kind: "events",
    proves: "Every message that the sender's list has for the window is here, compared by its webhook-id.",
    misses:
      "Messages that were never created at the sender. Standard Webhooks itself has no list: this works with senders that have one in the shape of Svix. Messages that are scheduled for later count from when they were created.",
  },
  horizonDays: 90,
  waitSeconds: 900,
  lookbackSeconds: 600,
  rights:
    "A token of the sender's webhook service that may read messages and endpoints of your application, and the id of that application. Senders that use Svix show neither in their portal: ask them for a token for your application (app portal access).",
  credentials: {
    token: {
      label: "Token",
      help: "Sent as “Authorization: Bearer …”.",
      variable: "STANDARD_API_TOKEN",
      isSecret: true,
    },
    app: {
      label: "Application",
      help: "The id (app_…) or uid of your application at the sender.",
      variable: "STANDARD_API_APP",
      isSecret: false,
      read: readApp,
    },
    url: {
      label: "Address of the API",
      help: "Leave it empty for Svix itself: the token names its region.",
      variable: "STANDARD_API_URL",
      isSecret: false,
      isOptional: true,
      read: readAddress,
    },
  },
  // Not that of the address above: it would send the tokens of all sources to the default one's sender.
  urlVariable: "SVIX_API_URL",
  url: ({ url, token }) => url || svixAddress(token),
  budget: { requests: 10, perSeconds: 1, burst: 5 },
  pairs: "event_key",

  async list(session, window, cursor): Promise<Page> {
    const answer = await session.ask({
      ...authorised(session),
      path: `${applicationPath(session)}/msg`,
      query: [
        ["before", new Date(window.to.getTime() + MOMENT_MS).toISOString()],
        ["limit", String(PER_PAGE)],
        // Newer versions leave payloads out by default.
        ["with_content", "true"],
        ...(typeof cursor === "string" ? [["iterator", cursor] as const] : []),
      ],
    });
    const listed = listedIn(answer, "data", "messages");
    const entries = listed.map(entryOf);
    const { types } = window;
    return {
      entries: entries
        .filter(({ occurredAt }) => isWithin(occurredAt, window))
        .filter(({ eventType }) => types === undefined || types.includes(eventType)),
      next: nextOf(answer.json, entries.at(-1), window.from),
    };
  },

  async get(session, id) {
    try {
      const answer = await session.ask({
        ...authorised(session),
        path: `${applicationPath(session)}/msg/${encodeURIComponent(id)}`,
        query: [["with_content", "true"]],
      });
      return entryOf({ value: answer.json, bytes: Buffer.from(answer.text) });
    } catch (error) {
      if (error instanceof ApiFailure && error.kind === "not_found") return undefined;
      throw error;
    }
  },

  configuration: standardConfiguration,

  async test(session) {
    const path = `${applicationPath(session)}/msg`;
    await session.ask({ ...authorised(session), path, query: [["limit", "1"]] });
  },
};

function entryOf({ value, bytes }: Listed): Entry {
  const id = textOf(at(value, "id"), "id of a message");
  const eventKey = keyFrom(id);
  const occurredAt = timeFrom(at(value, "timestamp"));
  const payload = membersOf(bytes).get("payload");
  if (eventKey === undefined || occurredAt === undefined || payload === undefined) {
    throw new ApiFailure("malformed", "A message of the answer has no id, time or payload.");
  }
  const objectId = idFrom(at(value, "payload", "data", "id"));
  return {
    eventKey,
    eventType: typeFrom(at(value, "eventType")),
    ...(objectId !== undefined && { objectId }),
    occurredAt,
    origin: "provider_api",
    ...(isExpired(at(value, "payload"))
      ? { unrecoverable: "The sender does not have the content of this message any more." }
      : { webhook: webhookOf(id, occurredAt, payload) }),
  };
}

/** Without a signature: it was read with our own key. */
function webhookOf(id: string, occurredAt: string, body: Buffer): Entry["webhook"] {
  const seconds = String(Math.floor(Date.parse(occurredAt) / 1000));
  return {
    body,
    headers: [
      ["content-type", "application/json"],
      ["svix-id", id],
      ["svix-timestamp", seconds],
    ],
  };
}

/** What Svix shows of a payload after its retention. */
function isExpired(payload: unknown): boolean {
  return at(payload, "expired") === true && Object.keys(payload as object).length === 1;
}

/** The list ends where it says so, or where all further messages are older than the window. */
function nextOf(json: unknown, oldest: Entry | undefined, from: Date): Json {
  const done = at(json, "done");
  if (typeof done !== "boolean") throw new ApiFailure("malformed", "The answer does not say whether there are more.");
  if (done || (oldest && Date.parse(oldest.occurredAt) < from.getTime() - MOMENT_MS)) return null;
  return textOf(at(json, "iterator"), "iterator, although there are more messages");
}

/** A token of Svix ends with its region: `sk_….eu`. */
function svixAddress(token = ""): string {
  const region = token.split(".").at(-1) ?? "";
  return REGIONS.includes(region) ? `https://api.${region}.svix.com` : "https://api.svix.com";
}

function readApp(text: string) {
  const value = text.trim();
  return /^[a-zA-Z0-9\-_.]{1,256}$/.test(value) && /[a-zA-Z0-9]/.test(value)
    ? { value }
    : { problem: "must be an id: letters, digits, - _ ." };
}

function readAddress(text: string) {
  const value = text.trim().replace(/\/+$/, "");
  return URL.canParse(value) && /^https?:/i.test(value) ? { value } : { problem: "must begin with https://" };
}
