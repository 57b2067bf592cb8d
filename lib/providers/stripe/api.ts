/**
 * Stripe's API: the list of events, of the last 30 days, newest first (https://docs.stripe.com/api/events/list). Events are
 * rendered in the API version of their creation, not in the endpoint's; both are read. Limits:
 * https://docs.stripe.com/rate-limits
 */
import { ApiFailure, type ApiRequest, type ApiSession, type Entry, type Page, type ProviderApi } from "../api";
import { isWithin, type Listed, listedIn, textOf } from "../listed";
import type { Json } from "../provider";
import { at, idFrom, keyFrom, timeFrom, typeFrom } from "../shape";
import { authorised } from "./authorised";
import { stripeConfiguration, stripeRepair } from "./endpoints";

const PER_PAGE = 100;
/** Of `types[]`. With more, all types are listed and chosen here. */
const MOST_TYPES = 20;
/** "Records are readable late": integrations that ask for newer ones only have lost some. */
const LATE_SECONDS = 600;

export const stripeApi: ProviderApi = {
  coverage: {
    kind: "events",
    proves: "Every event that Stripe created in the window is here, compared by its id.",
    misses:
      "Events that Stripe failed to create are in no list (subscribe to v2.core.health.event_generation_failure.resolved), and neither are thin events (v2). With one key, the events of one account: a connected account needs its own source.",
  },
  horizonDays: 30,
  waitSeconds: LATE_SECONDS,
  lookbackSeconds: LATE_SECONDS,
  rights:
    "A restricted key with read access to Events and Webhook Endpoints, made in the Stripe Dashboard under Developers → API keys. Repairing the configuration needs write access to Webhook Endpoints.",
  credentials: {
    key: {
      label: "Restricted key",
      help: "Begins with rk_live_ or rk_test_. A secret key (sk_…) works, too, and may do far more than is needed.",
      variable: "STRIPE_SECRET_KEY",
      isSecret: true,
      read: readKey,
    },
    account: {
      label: "Connected account",
      help: "For a Connect platform: the acct_… whose events this source receives. Leave it empty for your own account.",
      variable: "STRIPE_ACCOUNT",
      isSecret: false,
      isOptional: true,
      read: readAccount,
    },
  },
  urlVariable: "STRIPE_API_URL",
  url: () => "https://api.stripe.com",
  // 25 of one operation in any second, in live mode and in a sandbox.
  budget: { requests: 23, perSeconds: 1 },
  pairs: "event_key",

  async list(session, window, cursor): Promise<Page> {
    const { types = [] } = window;
    const answer = await session.ask({
      ...as(session),
      path: "/v1/events",
      query: [
        // Stripe counts in whole seconds. What is outside of the window is left out below.
        ["created[gte]", String(Math.floor(window.from.getTime() / 1000))],
        ["created[lt]", String(Math.ceil(window.to.getTime() / 1000))],
        ["limit", String(PER_PAGE)],
        ...(types.length <= MOST_TYPES ? types.map((type) => ["types[]", type] as const) : []),
        ...(typeof cursor === "string" ? [["starting_after", cursor] as const] : []),
      ],
    });
    const listed = listedIn(answer, "data", "events");
    const entries = listed.map((event) => entryOf(session, event));
    const chosen = entries.filter(({ occurredAt }) => isWithin(occurredAt, window));
    return {
      entries: window.types ? chosen.filter(({ eventType }) => types.includes(eventType)) : chosen,
      next: nextOf(at(answer.json, "has_more"), entries.at(-1)?.eventKey),
    };
  },

  async get(session, id) {
    try {
      const answer = await session.ask({ ...as(session), path: `/v1/events/${encodeURIComponent(id)}` });
      return entryOf(session, { value: answer.json, bytes: Buffer.from(answer.text) });
    } catch (error) {
      if (error instanceof ApiFailure && error.kind === "not_found") return undefined;
      throw error;
    }
  },

  configuration: stripeConfiguration,
  repair: stripeRepair,

  async test(session) {
    await session.ask({ ...as(session), path: "/v1/events", query: [["limit", "1"]] });
  },
};

/** In the name of the connected account, when there is one. */
function as(session: ApiSession): Pick<ApiRequest, "headers" | "secrets"> {
  const { headers, secrets } = authorised(session);
  const { account } = session.credentials;
  return { headers: { ...headers, ...(account && { "stripe-account": account }) }, secrets };
}

function entryOf({ credentials }: ApiSession, { value, bytes }: Listed): Entry {
  const eventKey = keyFrom(at(value, "id"));
  const occurredAt = timeFrom(at(value, "created"));
  if (eventKey === undefined || occurredAt === undefined) {
    throw new ApiFailure("malformed", "An event of the answer has no id or no time.");
  }
  const objectId = idFrom(at(value, "data", "object", "id")) ?? idFrom(at(value, "related_object", "id"));
  return {
    eventKey,
    eventType: typeFrom(at(value, "type")),
    ...(objectId !== undefined && { objectId }),
    occurredAt,
    origin: "provider_api",
    webhook: {
      body: withAccount(value, bytes, credentials.account),
      headers: [["content-type", "application/json; charset=utf-8"]],
    },
  };
}

/** A platform's webhook names the connected account. Asked for in its name, an event may not. */
function withAccount(value: unknown, bytes: Buffer, account: string | undefined): Buffer {
  if (!account || at(value, "account") !== undefined) return bytes;
  const rest = bytes.subarray(bytes.indexOf("{") + 1);
  return Buffer.concat([Buffer.from(`{"account":${JSON.stringify(account)},`), rest]);
}

function nextOf(hasMore: unknown, last: string | undefined): Json {
  if (hasMore === false) return null;
  if (hasMore !== true) throw new ApiFailure("malformed", "The answer does not say whether there are more events.");
  return textOf(last, "events, although there are more");
}

function readKey(text: string) {
  const value = text.trim();
  if (/^(sk|rk)_(live|test)_[A-Za-z0-9]+$/.test(value)) return { value };
  const isOther = /^(pk|whsec)_/.test(value);
  return { problem: isOther ? "is another kind of key: it must begin with rk_ or sk_" : "must begin with rk_ or sk_" };
}

function readAccount(text: string) {
  const value = text.trim();
  return /^acct_[A-Za-z0-9]+$/.test(value) ? { value } : { problem: "must be the id of an account (acct_…)" };
}
