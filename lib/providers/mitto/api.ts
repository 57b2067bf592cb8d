/**
 * Mitto's API answers for one message at a time and lists nothing. So a run asks for the messages that are known here and whose
 * last report was not final. `GET /api/v1.1/Messages/{id}` of Mitto's Messaging API.
 */
import {
  ApiFailure,
  type ApiSession,
  type Entry,
  type OwnObject,
  type Page,
  type ProviderApi,
  type Window,
} from "../api";
import { cursorOf, isWithin, refuseUnlisted, webhookOf } from "../reconstruct";
import { at, idFrom, timeFrom } from "../shape";
import { isFinal, logicalKeyOf, withStatus } from "./rows";

/** Messages per page, one request each at most. */
const PER_PAGE = 50;
/** How far back our own report of one message is looked for. */
const LOOKED_BACK_MS = 90 * 86_400_000;

export const mittoApi: ProviderApi = {
  coverage: {
    kind: "own_ids",
    proves:
      "Every message of which a report came in this time has its final report here, or Mitto itself knows no final state.",
    misses:
      "Messages of which no report came at all: their ids are not known here. The error code of a failure. Reports before the final one.",
  },
  // A message is valid for 48 hours, unless its sender says less.
  waitSeconds: 180_000,
  lookbackSeconds: 0,
  rights: "The API key of the account, from Mitto's portal or your contact there. It may also send.",
  credentials: {
    api_key: {
      label: "API key",
      help: "Sent as X-Mitto-API-Key.",
      variable: "MITTO_API_KEY",
      isSecret: true,
    },
  },
  urlVariable: "MITTO_API_URL",
  url: () => "https://messaging.mittoapi.com",
  // Mitto publishes no limit.
  budget: { requests: 5, perSeconds: 1, burst: 5 },
  pairs: "logical_key",

  async list(session, window, cursor): Promise<Page> {
    refuseUnlisted(window, ["dlr"], "Mitto");
    const after = cursorOf<string | null>(cursor, null);
    const own = await session.ownObjects(window, after, PER_PAGE);
    const entries: Entry[] = [];
    for (const message of own) {
      if (isFinal(statusIn(message))) continue;
      const answer = await lookUp(session, message.objectId);
      const entry = entryOf(session, window, message, answer);
      if (entry !== undefined) entries.push(entry);
    }
    return { entries, next: own.length < PER_PAGE ? null : (own.at(-1)?.objectId ?? null) };
  },

  async get(session, id) {
    const now = session.now().getTime();
    const always = { from: new Date(now - LOOKED_BACK_MS), to: new Date(now + 1) };
    // Without our own report it is not known whose message it is.
    const own = await session.ownObjects(always, id.slice(0, -1), PER_PAGE);
    const message = own.find(({ objectId }) => objectId === id);
    return message && entryOf(session, always, message, await lookUp(session, id));
  },

  /** No request of Mitto's API needs nothing but the key: an id that nobody has is refused without it, and else not found. */
  async test(session) {
    await lookUp(session, "00000000-0000-0000-0000-000000000000");
  },
};

/** Undefined when Mitto does not know the message. */
async function lookUp(session: ApiSession, id: string): Promise<unknown> {
  const { api_key: key = "" } = session.credentials;
  const path = `/api/v1.1/Messages/${encodeURIComponent(id)}`;
  try {
    const { json } = await session.ask({ path, headers: { "X-Mitto-API-Key": key }, secrets: [key] });
    if (idFrom(at(json, "deliveryStatus")) === undefined) {
      throw new ApiFailure("malformed", "Mitto's answer has no deliveryStatus.");
    }
    return json;
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.kind === "not_found") return undefined;
    throw failure;
  }
}

/** Its key begins with the id and the status: see `identify`. */
function statusIn({ objectId, eventKey }: OwnObject): string {
  return eventKey.startsWith(`${objectId}:`) ? (eventKey.slice(objectId.length + 1).split(":")[0] ?? "") : "";
}

/**
 * The report of the state that Mitto knows; undefined while that may still change. Its time is that of the change where this is
 * in the window, else that of our own report: the final state may have come after the window.
 */
function entryOf(
  session: ApiSession,
  window: Window,
  own: Pick<OwnObject, "objectId" | "occurredAt" | "payload">,
  answer: unknown,
): Entry | undefined {
  const { objectId: id } = own;
  const status = idFrom(at(answer, "deliveryStatus"));
  const logicalKey = logicalKeyOf(id, status);
  if (status === undefined || logicalKey === undefined || !isFinal(status)) return undefined;
  const changedAt = timeFrom(at(answer, "updatedAt"));
  const body = withStatus(own.payload, session.settings, {
    id,
    status: WORDS[status.toLowerCase()] ?? status.toUpperCase(),
  });
  return {
    logicalKey,
    eventType: "dlr",
    objectId: id,
    occurredAt: isWithin(window, changedAt) ? (changedAt as string) : own.occurredAt,
    origin: "reconstructed",
    webhook: webhookOf(body),
  };
}

/** The API says "Failure" for what reports call FAILED, UNDELIVERED or EXPIRED. */
const WORDS: Readonly<Record<string, string>> = { failure: "FAILED" };
