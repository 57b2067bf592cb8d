/**
 * The API of a sender of Standard Webhooks that uses Svix, as its OpenAPI document and its open server have it: messages and
 * endpoints of one application, newest first, with an iterator.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface StandardFakeMessage {
  /** `msg_` and 27 characters, which sort by time: see `messageId`. */
  id: string;
  eventType: string;
  /** ISO 8601, with milliseconds. */
  timestamp: string;
  payload: object;
}

export interface StandardFake extends FakeServer {
  messages: StandardFakeMessage[];
  endpoints: object[];
  /** The token that is valid, for the application `app`. */
  token: string;
  app: string;
  /** What `with_content` is when it is left out: true, and false in newer versions. */
  contentByDefault: boolean;
  /** Answers without `data`. */
  losesList: boolean;
}

const MESSAGE_PARAMETERS = /^(limit|iterator|channel|before|after|with_content|tag|event_types)$/;
const ENDPOINT_PARAMETERS = /^(limit|iterator|order)$/;
const MOST = 250;

export async function startStandard(): Promise<StandardFake> {
  const server = await startFakeServer("x-request-id", answer);
  const fake: StandardFake = {
    ...server,
    messages: [],
    endpoints: [],
    token: "testsk_FakeSvixToken0123456789.eu",
    app: "app_2FakeApplication0000000000",
    contentByDefault: true,
    losesList: false,
  };
  return fake;

  function answer(request: FakeRequest): FakeAnswer {
    if (request.headers.authorization !== `Bearer ${fake.token}`) {
      return { status: 401, json: { code: "authentication_failed", detail: "Invalid token" } };
    }
    const [, app, what, id] = /^\/api\/v1\/app\/([^/]+)\/(msg|endpoint)(?:\/([^/]+))?$/.exec(request.path) ?? [];
    if (request.method !== "GET" || app !== fake.app) return notFound();
    if (what === "endpoint") return listed(request, ENDPOINT_PARAMETERS, fake.endpoints as { id: string }[]);
    const withContent = (request.query.get("with_content") ?? String(fake.contentByDefault)) === "true";
    const shown = (message: StandardFakeMessage) => printed(message, withContent);
    if (id === undefined) return listed(request, MESSAGE_PARAMETERS, matching(request).map(shown));
    const message = fake.messages.find((one) => one.id === decodeURIComponent(id));
    return message ? { json: shown(message) } : notFound();
  }

  /** Newest first, by id. Filters by time compare what the id says. */
  function matching({ query }: FakeRequest): StandardFakeMessage[] {
    const [before, after] = [query.get("before"), query.get("after")];
    const types = query.get("event_types")?.split(",");
    return fake.messages
      .filter(({ id }) => before === null || id < messageId(new Date(before), 0))
      .filter(({ id }) => after === null || id > messageId(new Date(after), 0))
      .filter(({ eventType }) => types === undefined || types.includes(eventType))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  function listed({ query }: FakeRequest, allowed: RegExp, all: readonly { id: string }[]): FakeAnswer {
    const unknown = [...query.keys()].find((name) => !allowed.test(name));
    const [limit, iterator] = [Number(query.get("limit") ?? 50), query.get("iterator")];
    if (unknown !== undefined) return invalid(unknown, "unknown parameter");
    if (!(limit >= 1 && limit <= MOST)) return invalid("limit", `Given limit must not exceed ${MOST}`);
    if (iterator !== null && !/^(msg|ep)_[A-Za-z0-9]{27}$/.test(iterator))
      return invalid("iterator", "invalid iterator");
    const rest = all.filter(({ id }) => iterator === null || id < iterator);
    const page = rest.slice(0, limit);
    const ends = { iterator: page.at(-1)?.id ?? null, prevIterator: page[0] ? `-${page[0].id}` : null };
    return { json: { ...(fake.losesList ? {} : { data: page }), ...ends, done: rest.length <= limit } };
  }
}

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id that sorts by time, then by number, as Svix's ids do. */
export function messageId(time: Date, number: number): string {
  return `msg_${digits(time.getTime(), 10)}${digits(number, 17)}`;
}

function digits(value: number, length: number): string {
  let [text, rest] = ["", value];
  for (let digit = 0; digit < length; digit++) {
    text = `${LETTERS[rest % LETTERS.length]}${text}`;
    rest = Math.floor(rest / LETTERS.length);
  }
  return text;
}

function printed({ id, eventType, timestamp, payload }: StandardFakeMessage, withContent: boolean) {
  return { eventId: null, eventType, payload: withContent ? payload : {}, channels: null, id, timestamp, tags: null };
}

function notFound(): FakeAnswer {
  return { status: 404, json: { code: "not_found", detail: "Entity not found" } };
}

function invalid(name: string, message: string): FakeAnswer {
  return { status: 422, json: { detail: [{ loc: ["query", name], msg: message, type: "value_error" }] } };
}
