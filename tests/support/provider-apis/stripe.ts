/**
 * Stripe's API as https://docs.stripe.com/api documents it, as far as reconciliation asks it: events, webhook endpoints, keys,
 * connected accounts and rate limits. Strict: a parameter that it does not know is an error, as at Stripe.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface StripeFakeEvent {
  id: string;
  type: string;
  /** Unix seconds. */
  created: number;
}

export interface StripeFakeEndpoint {
  id: string;
  url: string;
  enabled_events: string[];
  status: "enabled" | "disabled";
  api_version: string | null;
}

export interface StripeFake extends FakeServer {
  /** Adds events, in the account of the key or in a connected one. */
  add(events: readonly StripeFakeEvent[], account?: string): void;
  /** These are not readable yet, by id; nothing reveals all. */
  hide(ids?: readonly string[]): void;
  endpoints: StripeFakeEndpoint[];
  /** The key that is valid. */
  key: string;
  /** Answers without `data`. */
  losesList: boolean;
}

export interface StripeFakeOptions {
  key?: string;
  /** Requests per second of one operation, by Stripe's default for a sandbox. Default: no limit. */
  perSecond?: number;
  /** What it says about a refused request besides 429. Default: both. */
  limitHeaders?: "both" | "reason" | "none";
}

const EVENT_PARAMETERS =
  /^(created\[(gte|lt)\]|delivery_success|ending_before|expand\[\d*\]|limit|starting_after|type|types\[\d*\])$/;
const ENDPOINT_PARAMETERS = /^(ending_before|expand\[\d*\]|limit|starting_after)$/;

/** Objects in the order in which they are listed, and the place of each. */
interface Order<T> {
  all: readonly T[];
  places: ReadonlyMap<string, number>;
}

export async function startStripe(options: StripeFakeOptions = {}): Promise<StripeFake> {
  const accounts = new Map<string, StripeFakeEvent[]>();
  const orders = new Map<string, Order<StripeFakeEvent>>();
  const recent: number[] = [];
  let hidden = new Set<string>();
  const server = await startFakeServer("request-id", (request) => limited(request) ?? answer(request));
  const fake: StripeFake = {
    ...server,
    endpoints: [],
    key: options.key ?? "rk_test_FakeStripeKey0123456789",
    losesList: false,
    add: (events, account = "") => {
      accounts.set(account, [...(accounts.get(account) ?? []), ...events]);
      orders.delete(account);
    },
    hide: (ids = []) => {
      hidden = new Set(ids);
      orders.clear();
    },
  };
  return fake;

  function limited({ method, path }: FakeRequest): FakeAnswer | undefined {
    if (options.perSecond === undefined || method !== "GET" || path !== "/v1/events") return undefined;
    const now = performance.now();
    while (recent[0] !== undefined && recent[0] <= now - 1000) recent.shift();
    if (recent.length >= options.perSecond) return tooMany(options.limitHeaders);
    recent.push(now);
    return undefined;
  }

  function answer(request: FakeRequest): FakeAnswer {
    if (!isAuthorised(request, fake.key)) return invalidKey(request);
    const { path, method } = request;
    const [, id] = /^\/v1\/(?:events|webhook_endpoints)\/([^/]+)$/.exec(path) ?? [];
    if (method === "GET" && path === "/v1/events") return listEvents(request);
    if (method === "GET" && path.startsWith("/v1/events/")) return oneEvent(request, decodeURIComponent(id ?? ""));
    if (method === "GET" && path === "/v1/webhook_endpoints") return listEndpoints(request);
    const endpoint = fake.endpoints.find((one) => one.id === id);
    if (path.startsWith("/v1/webhook_endpoints/") && endpoint === undefined) {
      return missing(`No such webhook endpoint: '${id}'`, "id");
    }
    if (endpoint && method === "POST") change(endpoint, new URLSearchParams(request.body));
    if (endpoint) return json(printed(endpoint));
    return problem(404, `Unrecognized request URL (${method}: ${path}).`);
  }

  /** Newest first; of one second, by id. */
  function visible({ headers }: FakeRequest): Order<StripeFakeEvent> {
    const account = headers["stripe-account"] ?? "";
    const known = orders.get(account);
    if (known) return known;
    const readable = (accounts.get(account) ?? []).filter(({ id }) => !hidden.has(id));
    const order = inOrder(readable.sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1)));
    orders.set(account, order);
    return order;
  }

  function listEvents(request: FakeRequest): FakeAnswer {
    const { query } = request;
    const types = [...query].filter(([name]) => name.startsWith("types[")).map(([, value]) => value);
    const type = query.get("type");
    if (type !== null && types.length > 0) return problem(400, "You may only specify one of these: type, types.");
    if (types.length > 20) return problem(400, "Too many types: the maximum is 20.", "types");
    const wanted = type === null ? types : [type];
    const [from, to] = [number(query, "created[gte]", 0), number(query, "created[lt]", Number.POSITIVE_INFINITY)];
    return listed(request, EVENT_PARAMETERS, visible(request), (event) => {
      if (event.created < from) return "none of the rest";
      return event.created < to && (wanted.length === 0 || wanted.includes(event.type));
    });
  }

  function oneEvent(request: FakeRequest, id: string): FakeAnswer {
    const { all, places } = visible(request);
    const event = all[places.get(id) ?? -1];
    return event === undefined ? missing(`No such event: '${id}'`, "id") : json(event);
  }

  function listEndpoints(request: FakeRequest): FakeAnswer {
    return listed(request, ENDPOINT_PARAMETERS, inOrder(fake.endpoints.map(printed)), () => true);
  }

  /** The named object of `starting_after` need not match the filters. */
  function listed<T extends { id: string }>(
    { query, path }: FakeRequest,
    allowed: RegExp,
    { all, places }: Order<T>,
    isWanted: (one: T) => boolean | "none of the rest",
  ): FakeAnswer {
    const unknown = [...query.keys()].find((name) => !allowed.test(name));
    if (unknown !== undefined) return problem(400, `Received unknown parameter: ${unknown}`, unknown);
    const limit = number(query, "limit", 10);
    if (!(limit >= 1 && limit <= 100)) return problem(400, "Invalid integer: limit must be 1 to 100.", "limit");
    const after = query.get("starting_after");
    if (after !== null && !places.has(after)) return missing(`No such object: '${after}'`, "starting_after");
    const found: T[] = [];
    for (let place = after === null ? 0 : (places.get(after) ?? 0) + 1; place < all.length; place++) {
      const one = all[place] as T;
      const is = isWanted(one);
      if (is === "none of the rest" || found.length > limit) break;
      if (is) found.push(one);
    }
    const data = fake.losesList ? {} : { data: found.slice(0, limit) };
    return json({ object: "list", ...data, has_more: found.length > limit, url: path });
  }
}

function inOrder<T extends { id: string }>(all: readonly T[]): Order<T> {
  return { all, places: new Map(all.map(({ id }, place) => [id, place])) };
}

function change(endpoint: StripeFakeEndpoint, form: URLSearchParams): void {
  const types = [...form].filter(([name]) => /^enabled_events\[\d*\]$/.test(name)).map(([, value]) => value);
  if (types.length > 0) endpoint.enabled_events = types;
  if (form.has("disabled")) endpoint.status = form.get("disabled") === "true" ? "disabled" : "enabled";
}

function printed(endpoint: StripeFakeEndpoint) {
  return {
    ...endpoint,
    object: "webhook_endpoint",
    application: null,
    created: 1_772_443_800,
    description: null,
    livemode: false,
    metadata: {},
  };
}

/** Indented, as Stripe prints it. */
function json(value: unknown): FakeAnswer {
  return { text: JSON.stringify(value, null, 2) };
}

function problem(status: number, message: string, param?: string): FakeAnswer {
  return { ...json({ error: { message, ...(param && { param }), type: "invalid_request_error" } }), status };
}

function missing(message: string, param: string): FakeAnswer {
  const error = { code: "resource_missing", message, param, type: "invalid_request_error" };
  return { ...json({ error }), status: param === "id" ? 404 : 400 };
}

/** The message repeats the key, masked as Stripe does. */
function invalidKey({ headers }: FakeRequest): FakeAnswer {
  const key = (headers.authorization ?? "").replace(/^Bearer /, "");
  const message = `Invalid API Key provided: ${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}`;
  return { ...json({ error: { message, type: "invalid_request_error" } }), status: 401 };
}

function tooMany(headers: StripeFakeOptions["limitHeaders"] = "both"): FakeAnswer {
  const reason = { "stripe-rate-limited-reason": "endpoint-rate" };
  return {
    ...json({ error: { code: "rate_limit", message: "Too many requests.", type: "invalid_request_error" } }),
    status: 429,
    headers: headers === "none" ? {} : { ...reason, ...(headers === "both" && { "retry-after": "1" }) },
  };
}

function isAuthorised({ headers }: FakeRequest, key: string): boolean {
  const [scheme, value = ""] = (headers.authorization ?? "").split(" ");
  if (scheme === "Bearer") return value === key;
  return scheme === "Basic" && Buffer.from(value, "base64").toString() === `${key}:`;
}

function number(query: URLSearchParams, name: string, otherwise: number): number {
  const written = query.get(name);
  return written === null ? otherwise : Number(written);
}
