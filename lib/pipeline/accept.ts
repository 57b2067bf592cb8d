/**
 * accept: raw bytes in, an answer out, and a 2xx only after the event is committed. Independent of any framework: the App
 * Router route and server.ts both call it. Long because it is one sequence, from the bytes to the answer.
 */

import { randomUUID } from "node:crypto";
import { printId } from "@/lib/contract/ids";
import { call, DatabaseError, DatabaseUnavailable } from "@/lib/db/client";
import type { Acceptance } from "@/lib/db/functions/journey";
import { environment, secretsFrom } from "@/lib/env";
import { log, logError, logRefused } from "@/lib/log";
import { noteAccept } from "@/lib/process-metrics";
import { processSingleton } from "@/lib/process-singleton";
import { findProvider, senders } from "@/lib/providers";
import { header, type Provider, type RawRequest, type Source, type VerifiedRequest } from "@/lib/providers/provider";
import { type ReceiptSpan, tracing } from "@/lib/tracing/tracing";
import { type Answer, answerWith, type Decision, REFUSALS, RETRY, refusal } from "./answer";
import { createBatcher } from "./batcher";
import { decoded, encodingOf } from "./content";
import { bytesOf, type EventRow, encoded, eventRow, eventRowInTurns } from "./event-row";
import { takeTurn } from "./in-turns";
import { countRejection, type Extent, recordRejection } from "./reject";
import { chargeForged, noteGenuine } from "./sender-limit";
import { overCeiling } from "./source-ceiling";
import { findSource, hashOf, hasSources } from "./source-tokens";
import { wakeWorker } from "./wake-worker";
import { parseWebhookPath, type WebhookPath } from "./webhook-path";

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
/** The most events of one request, all stored in one transaction. */
const MOST_EVENTS = 1_000;
/** From the request to the answer. Senders must get 503 within 3 s, so the database gets less, also on a busy machine. */
const DEADLINE_MS = 2_300;
/**
 * What more a large request gets once it is being stored. With less, the largest would never be stored on a slow machine,
 * however often they were sent. Statements of accept_events end after 10 s (930_statement_timeouts.sql).
 */
const LARGE_EXTRA_MS = 6_000;
/** The most events in a batch, or as many bytes as these are expected to have together: 2 MiB. */
const MOST_IN_BATCH = 200;
const BYTES_PER_EVENT = (2 * 1024 * 1024) / MOST_IN_BATCH;
/** Larger requests are stored in batches of their own, so that small ones do not wait for them. */
const LARGE_BYTES = 64 * 1024;

/** Takes one webhook request and answers it. Never throws: every failure is an answer. */
export async function accept(request: RawRequest): Promise<Answer> {
  const started = performance.now();
  const requestId = requestIdOf(request);
  const door = parseWebhookPath(request.path);
  const { answer, ...facts } = await decide(door, request, requestId);
  const ms = performance.now() - started;
  noteAccept(ms);
  const say = answer.status >= 400 && answer.status < 500 ? logRefused : log;
  say("accept", {
    request_id: requestId,
    provider: door.slug,
    status: answer.status,
    ...facts,
    bytes: request.body.length,
    ms: Math.round(ms),
  });
  return answer;
}

async function decide(door: WebhookPath, received: RawRequest, requestId: string): Promise<Decision> {
  const startedAt = performance.now();
  const provider = findProvider(door.slug);
  if (provider?.published) {
    const way = "Publish its events through POST /api/events.";
    return refusal(404, `${provider.label} has no webhook endpoint.`, requestId, "unknown_provider", way);
  }
  if (!provider) {
    return refusal(404, `No provider is called "${door.slug.slice(0, 40)}".`, requestId, "unknown_provider", KNOWN);
  }
  if (received.method === "OPTIONS") return { answer: answerWith(204, "", requestId), decision: "options" };
  const methods: readonly string[] = provider.methods ?? ["POST"];
  if (!methods.includes(received.method)) {
    const title = `Webhooks are sent with ${methods.join(" or ")}, not ${received.method}.`;
    const carried = received.method === "GET" ? withQueryAsBody(received) : received;
    // A browser that opens the URL carries nothing.
    if (carried.body.length > 0) {
      await recordRejection(provider, carried, { reason: "malformed", detail: title, status: 405, requestId });
    }
    return refusal(405, title, requestId, "wrong_method", "", { allow: methods.join(", ") });
  }
  const sent = received.method === "GET" ? withQueryAsBody(received) : received;
  // A secret in the body is looked for in what the body unfolds to.
  const request = provider.secretFields ? await withContent(sent) : sent;
  if (request.body.length > maxBodyBytes(provider.slug)) return tooLarge(provider, request, requestId);

  const secrets = secretsFrom(provider.secretsVariable);
  const source = await sourceOf(provider, door, secrets);
  if (source === "unavailable") {
    return refusal(
      503,
      "The source lookup is temporarily unavailable.",
      requestId,
      "unavailable",
      "Send it again.",
      RETRY,
    );
  }
  if (source === "unknown") {
    chargeForged(request.network);
    const detail = "Unknown URL token: mistyped, rotated, or the source is disabled.";
    await recordRejection(provider, request, { reason: "bad_signature", detail, status: 401, requestId });
    return refusal(401, "The token in the URL is not valid.", requestId, "unknown_token");
  }

  const allowUnsigned = allowsUnsigned(provider);
  const isConfigured = secrets.length > 0 || allowUnsigned;
  if (!isConfigured && !source && !(provider.tokenInUrl && (await hasSources(provider.slug)))) {
    return notConfigured(provider, request, requestId);
  }

  const isLarge = request.body.length > LARGE_BYTES;
  if (isLarge) await takeTurn();
  const now = Math.floor(Date.now() / 1000);
  const verification = provider.verify(request, { secrets, allowUnsigned, now, source });
  if (!verification.ok) {
    // A source says whose events they are; verifying them still needs a secret.
    if (!isConfigured && source) return notConfigured(provider, request, requestId, source);
    const { reason, detail } = verification;
    if (reason !== "stale") chargeForged(request.network);
    await recordRejection(provider, request, { reason, detail, status: provider.refusalStatus, requestId, source });
    return refusal(provider.refusalStatus, REFUSALS[reason], requestId, reason, detail);
  }
  if (verification.request.trust !== "unsigned") noteGenuine(request.network);
  const verified = await withContent(verification.request);
  const parts = provider.split?.(verified) ?? [verified];
  if (parts.length > MOST_EVENTS) {
    return tooLarge(provider, request, requestId, `At most ${MOST_EVENTS} events fit into one request.`);
  }
  const seconds = await overCeiling(source, parts.length);
  if (seconds !== undefined) return refuseOverCeiling(provider, request, requestId, seconds, source);
  const route = `/api/webhooks/${provider.slug}`;
  const span = tracing()?.receipt({ ...received, route, provider: provider.slug, startedAt });
  const rows =
    parts.length === 1
      ? [await eventRowInTurns(provider, ownBytes(parts[0] as VerifiedRequest, verified), requestId, source)]
      : parts.map((part) => eventRow(provider, ownBytes(part, verified), requestId, source));
  return store(rows, requestId, startedAt + DEADLINE_MS, span);
}

/** The request with what its body unfolds to, when it has a content encoding. */
async function withContent<Request extends RawRequest>(request: Request): Promise<Request> {
  const encoding = encodingOf(request);
  if (encoding === undefined || request.content) return request;
  const content = await decoded(request.body, encoding);
  return content === request.body ? request : { ...request, content };
}

/** A part of a compressed request has bytes of its own, which are not compressed. */
function ownBytes(part: VerifiedRequest, whole: VerifiedRequest): VerifiedRequest {
  if (!whole.content || part.body === whole.body) return part;
  return {
    ...part,
    content: undefined,
    headers: part.headers.filter(([name]) => name.toLowerCase() !== "content-encoding"),
  };
}

async function notConfigured(
  provider: Provider,
  request: RawRequest,
  requestId: string,
  source?: Source,
): Promise<Decision> {
  const detail = `Set ${provider.secretsVariable}, then the provider's next retry gets in.`;
  await recordRejection(provider, request, { reason: "not_configured", detail, status: 503, requestId, source });
  return refusal(
    503,
    `${provider.label} webhooks are not configured here.`,
    requestId,
    "not_configured",
    detail,
    RETRY,
  );
}

/** A webhook that is sent with GET has all its data in the query, so the query is stored as its body. */
function withQueryAsBody(request: RawRequest): RawRequest {
  const body = Buffer.from(request.path.split("?").slice(1).join("?"));
  return { ...request, body, contentType: "application/x-www-form-urlencoded" };
}

/** The source that a URL's token belongs to. A token from the environment has none, too: `verify` checks that one. */
async function sourceOf(
  provider: Provider,
  { token }: WebhookPath,
  secrets: readonly string[],
): Promise<Source | "unknown" | "unavailable" | undefined> {
  if (token === undefined) return undefined;
  if (provider.tokenInUrl && secrets.some((secret) => hashOf(secret) === hashOf(token))) return undefined;
  return findSource(provider.slug, token);
}

async function store(
  rows: EventRow[],
  requestId: string,
  giveUpAt: number,
  span: ReceiptSpan | undefined,
): Promise<Decision> {
  const [{ provider, event_key, event_type, source_id }] = rows as [EventRow];
  const facts = {
    event_key,
    source_id: source_id ?? undefined,
    events: rows.length > 1 ? rows.length : undefined,
    trace_id: span?.traceId,
  };
  if (span) for (const row of rows) row.traceparent = span.traceparent;
  try {
    const accepted = await storeTogether(rows, giveUpAt);
    const [first] = accepted as [Acceptance];
    wakeWorker(first.wakes ?? undefined);
    const { event_id } = first;
    const body = {
      received: true,
      event_id: printId("event", event_id),
      events: accepted.map((one) => printId("event", one.event_id)),
      duplicate: accepted.every(({ outcome }) => outcome !== "accepted"),
      request_id: requestId,
    };
    const decision = (accepted.find(({ outcome }) => outcome === "accepted") ?? first).outcome;
    span?.end({ status: 200, decision, event_id, event_type, events: rows.length });
    return {
      answer: answerWith(200, JSON.stringify(body), requestId),
      decision,
      event_id,
      ...facts,
      suspected_replay: accepted.some(({ suspected_replay }) => suspected_replay) || undefined,
    };
  } catch (error) {
    // As far as we know it is not stored. The provider sends it again, and if the row did commit, that is a duplicate.
    logError("accept_failed", error, { request_id: requestId, provider, ...facts });
    span?.end({ status: 503, decision: "unavailable", event_type, events: rows.length });
    return refusal(503, "The event could not be stored.", requestId, "unavailable", "Send it again.", RETRY);
  }
}

/** The largest body a provider may send, in bytes. Readers stop there. */
export function maxBodyBytes(slug: string): number {
  return findProvider(slug)?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
}

/** The answer for a body over the limit: `request.body` is its beginning, `extent` says what is known of the rest. */
export async function refuseTooLarge(slug: string, request: RawRequest, extent: Extent): Promise<Answer> {
  const provider = findProvider(slug);
  const requestId = requestIdOf(request);
  if (!provider) return (await decide({ slug }, request, requestId)).answer;
  const { answer } = await tooLarge(provider, request, requestId, undefined, extent);
  log("accept", { request_id: requestId, provider: slug, status: 413, decision: "too_large" });
  return answer;
}

/** The answer for a body that this process has no memory for at the moment. It was not read to its end. */
export async function refuseUntilLater(slug: string, request: RawRequest): Promise<Answer> {
  const requestId = requestIdOf(request);
  const title = "Too many large requests are being received.";
  const { answer, decision } = refusal(503, title, requestId, "no_room", "Send it again.", {
    ...RETRY,
    connection: "close",
  });
  log("accept", { request_id: requestId, provider: slug, status: 503, decision });
  return answer;
}

/** The answer to a sender whose requests fail verification too often. The body was not read. */
export async function refuseSender(slug: string, request: Omit<RawRequest, "body">, seconds: number): Promise<Answer> {
  const requestId = requestIdOf(request);
  if (findProvider(slug)) countRejection(slug, "rate_limited");
  const title = "Too many requests from your network failed verification.";
  const detail = `Wait ${seconds} s, and check the secret that signs them.`;
  const { answer, decision } = refusal(429, title, requestId, "rate_limited", detail, {
    "retry-after": String(seconds),
    connection: "close",
  });
  logRefused("accept", { request_id: requestId, provider: slug, status: 429, decision });
  return answer;
}

async function refuseOverCeiling(
  provider: Provider,
  request: RawRequest,
  requestId: string,
  seconds: number,
  source?: Source,
): Promise<Decision> {
  const detail = `The limit of this source is ${source?.maxPerMinute} events a minute. Send it again in ${seconds} s.`;
  await recordRejection(provider, request, { reason: "over_ceiling", detail, status: 429, requestId, source });
  return refusal(429, "This source sends too many events.", requestId, "over_ceiling", detail, {
    "retry-after": String(seconds),
  });
}

async function tooLarge(
  provider: Provider,
  request: RawRequest,
  requestId: string,
  detail = `The limit is ${maxBodyBytes(provider.slug)} bytes.`,
  extent?: Extent,
): Promise<Decision> {
  await recordRejection(provider, request, { reason: "too_large", detail, status: 413, requestId, extent });
  return refusal(413, "The body is too large.", requestId, "too_large", detail, { connection: "close" });
}

const KNOWN = `Known providers: ${senders.map((provider) => provider.slug).join(", ")}.`;

function allowsUnsigned(provider: Provider): boolean {
  return provider.allowUnsignedVariable !== undefined && process.env[provider.allowUnsignedVariable] === "1";
}

/** The caller's X-Request-ID when it is safe to log and quote unchanged, else a new one. */
export function requestIdOf(request: Pick<RawRequest, "headers">): string {
  const given = header(request, "x-request-id");
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** The events of one request: all of them are stored, or none. */
interface Stored {
  rows: EventRow[];
  bytes: number;
  /** When its sender gets 503. */
  giveUpAt: number;
  /** Its batch is being stored. */
  isRunning: boolean;
}

/**
 * Micro-batches: events that arrive within 2 ms are one transaction. Two run at once, so that one commit hides the other.
 * Large bodies are stored separately, one or two at a time: some thirty of them in one transaction made every sender wait
 * too long.
 */
const addSmall = processSingleton("accept", () => createStore(MOST_IN_BATCH, 2, DEADLINE_MS));
const addLarge = processSingleton("accept-large", () =>
  createStore(MOST_IN_BATCH / 2, 1, DEADLINE_MS + LARGE_EXTRA_MS),
);

function createStore(
  maxItems: number,
  maxRunning: number,
  deadlineMs: number,
): (stored: Stored) => Promise<Acceptance[]> {
  return createBatcher<Stored, Acceptance[]>(
    {
      weigh: ({ rows, bytes }) => rows.length + bytes / BYTES_PER_EVENT,
      maxItems,
      maxWaitMs: 2,
      maxRunning,
      maxWaiting: 5_000,
      isLate: ({ giveUpAt }) => performance.now() > giveUpAt,
      run: async (requests) => {
        for (const request of requests) request.isRunning = true;
        const rows = requests.flatMap((request) => request.rows);
        const answers = await call(
          "door",
          "accept_events",
          {
            p_events: rows.map((row, n) => ({ n, ...encoded(row) })),
            p_deliver_suspected: environment().DELIVER_SUSPECTED_REPLAYS,
          },
          deadlineMs,
        );
        const byNumber = new Map(answers.map((answer) => [answer.n, answer]));
        let n = 0;
        return requests.map((request) => request.rows.map(() => byNumber.get(n++) as Acceptance));
      },
    },
    (error) => error instanceof DatabaseError,
  );
}

/** Stores one event, in a batch with those that arrive at the same time. Resolves once it is committed. */
export async function storeEvent(row: EventRow): Promise<Acceptance> {
  const [acceptance] = await storeTogether([row], performance.now() + DEADLINE_MS);
  return acceptance as Acceptance;
}

function storeTogether(rows: EventRow[], giveUpAt: number): Promise<Acceptance[]> {
  const bytes = rows.reduce((sum, row) => sum + bytesOf(row), 0);
  const stored: Stored = { rows, bytes, giveUpAt, isRunning: false };
  if (bytes <= LARGE_BYTES) return withDeadline(addSmall(stored), giveUpAt - performance.now());
  const work = addLarge(stored);
  return withDeadline(work, giveUpAt - performance.now(), () =>
    stored.isRunning ? withDeadline(work, LARGE_EXTRA_MS) : undefined,
  );
}

/** Rejects after so many milliseconds, unless `extended` then says what else to wait for. */
function withDeadline<Result>(
  work: Promise<Result>,
  milliseconds: number,
  extended?: () => Promise<Result> | undefined,
): Promise<Result> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<Result>((resolve, reject) => {
    timer = setTimeout(() => {
      const more = extended?.();
      if (more) resolve(more);
      else reject(new DatabaseUnavailable("The database did not answer in time."));
    }, milliseconds);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
