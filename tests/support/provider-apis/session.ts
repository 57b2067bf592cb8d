/**
 * What a client may use, over plain HTTP to a fake: one request each time, no waiting, no second try. It maps answers to
 * `ApiFailure` as lib/reconciliation/ask.ts does, and keeps a note of each request, so that tests see what would be stored.
 */
import { ApiFailure, type ApiRequest, type ApiSession, type OwnObject, type ProviderApi } from "@/lib/providers/api";

export interface Note {
  method: string;
  /** As it is stored: secret query parameters are masked. */
  url: string;
  status: number | null;
  providerRequestId: string | undefined;
  cost: number;
}

export interface TestSession extends ApiSession {
  notes: Note[];
}

export interface SessionOptions {
  /** Where the fake listens. */
  url: string;
  credentials: Readonly<Record<string, string>>;
  settings?: Readonly<Record<string, string>>;
  ownObjects?: readonly OwnObject[];
  now?: Date;
}

/** A session of `api` with a fake. The client's own `url` is checked, and replaced as its variable would do. */
export function sessionWith(api: ProviderApi, options: SessionOptions): TestSession {
  const address = api.url(options.credentials);
  if (!/^https:\/\/\S+[^/]$/.test(address))
    throw new Error(`url() must be https, without a slash at the end: ${address}`);
  const { credentials, settings = {}, ownObjects = [], now = new Date() } = options;
  const notes: Note[] = [];
  return {
    credentials,
    settings,
    notes,
    now: () => now,
    ask: (request) => ask(options.url, request, notes),
    ownObjects: async (window, after, limit) =>
      ownObjects
        .filter(({ occurredAt }) => isIn(window, occurredAt))
        .filter(({ objectId }) => after === null || objectId > after)
        .sort((a, b) => (a.objectId < b.objectId ? -1 : 1))
        .slice(0, limit),
  };
}

function isIn({ from, to }: { from: Date; to: Date }, time: string): boolean {
  return Date.parse(time) >= from.getTime() && Date.parse(time) < to.getTime();
}

async function ask(base: string, request: ApiRequest, notes: Note[]) {
  const { method = "GET", query = [], secretQuery = [], cost = 1 } = request;
  const address = (pairs: ApiRequest["query"] = []) => {
    const text = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
    return `${base}${request.path}${text === "" ? "" : `?${text}`}`;
  };
  const note: Note = {
    method,
    url: address(query.map(([name, value]) => [name, secretQuery.includes(name) ? "***" : value])),
    status: null,
    providerRequestId: undefined,
    cost,
  };
  notes.push(note);
  const answer = await fetch(address(query), {
    method,
    headers: { ...request.headers, ...contentType(request) },
    body: bodyOf(request),
    redirect: "manual",
  }).catch(() => {
    throw new ApiFailure("network", "The provider could not be reached.");
  });
  const headers = Object.fromEntries(answer.headers);
  note.status = answer.status;
  note.providerRequestId = headers["request-id"] ?? headers["x-request-id"];
  const text = await answer.text();
  if (!answer.ok) throw failureOf(answer.status, headers);
  return { status: answer.status, headers, text, json: parsed(text) };
}

function contentType({ json, form }: ApiRequest): Record<string, string> {
  if (json !== undefined) return { "content-type": "application/json" };
  return form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
}

function bodyOf({ json, form }: ApiRequest): string | undefined {
  if (json !== undefined) return JSON.stringify(json);
  return form && new URLSearchParams(form.map(([name, value]) => [name, value])).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFailure("malformed", "The answer is not JSON.");
  }
}

const KINDS = { 401: "unauthorised", 403: "forbidden", 404: "not_found", 429: "rate_limited" } as const;

function failureOf(status: number, headers: Readonly<Record<string, string>>): ApiFailure {
  const known = Object.hasOwn(KINDS, status) ? KINDS[status as keyof typeof KINDS] : undefined;
  const kind = known ?? (status >= 500 ? "unavailable" : "refused");
  return new ApiFailure(kind, `The provider answered ${status}.`, status, waitOf(headers["retry-after"]));
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function waitOf(written: string | undefined): number | null {
  if (written === undefined) return null;
  if (/^\d+$/.test(written)) return Number(written) * 1000;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
