/**
 * The only way to a provider's API: in turn, by the guarded way out, noted, and every failure in one form. The budget of an
 * account is a row, so all processes share it.
 */
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { call } from "@/lib/db/client";
import type { ApiRequestNote } from "@/lib/db/functions/reconciliation";
import { masker } from "@/lib/outbound/mask";
import { POLICIES } from "@/lib/outbound/policies";
import { type HttpResult, sendRequest } from "@/lib/outbound/request";
import { type ApiAnswer, ApiFailure, type ApiRequest, type ProviderApi } from "@/lib/providers/api";
import type { Account } from "./accounts";
import { wishedWait } from "./limits";

/** Who waits longer than this for a turn gives the work back, so that it keeps no other account's work waiting. */
const LONGEST_WAIT_MS = 20_000;
/** A list is the answer, or in an object of it: `data.payload` at Chatwoot, `data.orders.edges` at Shopify. */
const DEEPEST_LIST = 3;
/** After a 429 that does not say how long to wait. */
const HOLD_MS = 1_000;

export interface Asking {
  api: ProviderApi;
  account: Account;
  /** Gets a note of each request. */
  notes: ApiRequestNote[];
  /** Ends the wait for a turn. */
  signal?: AbortSignal;
}

/** The turn is too far away: nothing was asked. */
export class TurnTooFar extends ApiFailure {
  constructor(label: string, waitMs: number) {
    super("rate_limited", `${label} is asked as often as it allows.`, null, waitMs);
  }
}

/** Sends one request in its turn. Throws `ApiFailure`. */
export async function ask({ api, account, notes, signal }: Asking, request: ApiRequest): Promise<ApiAnswer> {
  await takeTurn(api, account, request.cost ?? 1, signal);
  return askOnce({ account, notes, hold: (ms) => hold(account, ms) }, request);
}

/** The same without a turn, for commands that need no database. `hold` hears how long the provider wants to be left alone. */
export async function askOnce(
  { account, notes, hold }: Pick<Asking, "account" | "notes"> & { hold?: (ms: number) => Promise<void> },
  request: ApiRequest,
): Promise<ApiAnswer> {
  const { url, noted, secrets } = addressOf(account, request);
  const { headers, body } = contentOf(request);
  const method = request.method ?? "GET";
  const started = performance.now();
  const result = await sendRequest(POLICIES.providerApi, { method, url, headers, body, secrets });
  const note: ApiRequestNote = {
    method,
    url: noted,
    status_code: result.status ?? null,
    provider_request_id: headerOf(result, "request-id") ?? headerOf(result, "x-request-id") ?? null,
    entries: null,
    problem: null,
    milliseconds: Math.round(performance.now() - started),
  };
  notes.push(note);
  try {
    const answer = await read(account, result, hold);
    // Parsing a page is enough for one turn of the thread: see page.ts.
    await nextTurn();
    note.entries = entriesIn(answer.json);
    return answer;
  } catch (error) {
    if (error instanceof ApiFailure) note.problem = error.message;
    throw error;
  }
}

/** How many entries the list of an answer has, wherever it is in it; null without a list. */
function entriesIn(json: unknown, depth = 0): number | null {
  if (Array.isArray(json)) return json.length;
  if (typeof json !== "object" || json === null || depth === DEEPEST_LIST) return null;
  for (const value of Object.values(json)) {
    const entries = entriesIn(value, depth + 1);
    if (entries !== null) return entries;
  }
  return null;
}

async function takeTurn({ budget }: ProviderApi, account: Account, cost: number, signal?: AbortSignal): Promise<void> {
  const waitMs = await call("pipeline", "take_api_turn", {
    p_account: account.hash,
    p_interval_us: Math.ceil((budget.perSeconds * 1_000_000) / budget.requests),
    p_burst: budget.burst ?? 1,
    p_cost: cost,
  });
  if (waitMs > LONGEST_WAIT_MS) throw new TurnTooFar(account.label, waitMs);
  if (waitMs > 0) await wait(waitMs, undefined, { signal });
}

function addressOf(account: Account, { path, query = [], secretQuery = [], secrets = [] }: ApiRequest) {
  const url = new URL(account.url + path);
  if (!path.startsWith("/") || url.origin !== new URL(account.url).origin) {
    throw new Error(`The path ${path.slice(0, 40)} leaves the API.`);
  }
  const noted = new URL(url);
  for (const [name, value] of query) {
    url.searchParams.append(name, value);
    noted.searchParams.append(name, secretQuery.includes(name) ? "***" : value);
  }
  const hidden = [...account.secrets, ...secrets];
  return { url: url.href, noted: masker(hidden)(noted.href).slice(0, 2048), secrets: hidden };
}

function contentOf({ headers = {}, json, form }: ApiRequest): { headers: Record<string, string>; body: Buffer } {
  const common = { accept: "application/json", "user-agent": "Redrive", ...headers };
  if (json !== undefined) {
    return { headers: { "content-type": "application/json", ...common }, body: Buffer.from(JSON.stringify(json)) };
  }
  if (form === undefined) return { headers: common, body: Buffer.alloc(0) };
  const body = new URLSearchParams(form.map(([name, value]) => [name, value])).toString();
  return { headers: { "content-type": "application/x-www-form-urlencoded", ...common }, body: Buffer.from(body) };
}

/** What the provider says about its limits holds for every process. */
async function hold({ hash }: Account, ms: number): Promise<void> {
  await call("pipeline", "hold_api_account", { p_account: hash, p_ms: ms });
}

/** The answer, or why there is none. */
async function read({ label }: Account, result: HttpResult, hold?: (ms: number) => Promise<void>): Promise<ApiAnswer> {
  const { status, failure } = result;
  const headers = Object.fromEntries(
    [...(result.headers ?? [])].reverse().map(([name, value]) => [name.toLowerCase(), value]),
  );
  const waitMs = status === undefined ? null : wishedWait(status, headers, Date.now());
  if (status === 429 || waitMs !== null) await hold?.(waitMs ?? HOLD_MS);
  if (status === undefined) {
    const isBlocked = failure?.class === "blocked_address";
    throw new ApiFailure(isBlocked ? "refused" : "network", failure?.message ?? `${label} did not answer.`);
  }
  if (failure) throw failureOf(label, status, waitMs);
  if (result.truncated) throw new ApiFailure("malformed", `The answer of ${label} is too large, or broke off.`, status);
  const text = result.body?.toString("utf8") ?? "";
  try {
    return { status, headers, text, json: text === "" ? null : JSON.parse(text) };
  } catch {
    throw new ApiFailure("malformed", `The answer of ${label} is not JSON.`, status);
  }
}

function failureOf(label: string, status: number, waitMs: number | null): ApiFailure {
  const answered = `${label} answered ${status}`;
  if (status === 401) return new ApiFailure("unauthorised", `${answered}: the key is not valid any more.`, status);
  if (status === 403) return new ApiFailure("forbidden", `${answered}: the key lacks a right.`, status);
  if (status === 404) return new ApiFailure("not_found", `${answered}: it does not know what was asked for.`, status);
  if (status === 429) return new ApiFailure("rate_limited", `${answered}: too many requests.`, status, waitMs);
  if (status === 408 || status >= 500) return new ApiFailure("unavailable", `${answered}.`, status, waitMs);
  return new ApiFailure("refused", `${answered}: it refuses the request.`, status);
}

function headerOf({ headers = [] }: HttpResult, name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}
