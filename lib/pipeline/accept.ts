/**
 * accept: the door. Raw bytes in, an answer out, and a 2xx only after the event is committed. Knows no framework: the
 * App Router route and server.ts both call it.
 */
import { randomUUID } from "node:crypto";
import { call, DatabaseError, DatabaseUnavailable } from "@/lib/db/client";
import { secretsFrom } from "@/lib/env";
import { problemBody } from "@/lib/errors";
import { log, logError } from "@/lib/log";
import { perProcess } from "@/lib/per-process";
import { findProvider, providers } from "@/lib/providers";
import {
  header,
  type Provider,
  type RawRequest,
  type RefusalReason,
  type VerifiedRequest,
} from "@/lib/providers/provider";
import { createBatcher } from "./batcher";
import { type EventRow, eventRow } from "./event-row";
import { recordRejection } from "./reject";
import { ringWorker } from "./worker-bell";

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
const RETRY_AFTER_S = "5";
/** From the request to the answer: senders must hear 503 within 3 s, so the database gets less, also on a busy machine. */
const DEADLINE_MS = 2_300;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface Acceptance {
  event_id: number;
  outcome: "accepted" | "duplicate" | "conflict";
}

/** Takes one webhook request and answers it. Never throws: whatever goes wrong is an answer. */
export async function accept(request: RawRequest): Promise<Answer> {
  const started = performance.now();
  const requestId = requestIdOf(request);
  const slug = slugIn(request.path);
  const { answer, ...facts } = await decide(slug, request, requestId);
  log("accept", {
    request_id: requestId,
    provider: slug,
    status: answer.status,
    ...facts,
    bytes: request.body.length,
    ms: Math.round(performance.now() - started),
  });
  return answer;
}

type Decision = { answer: Answer; decision: string; event_id?: number; event_key?: string };

async function decide(slug: string, request: RawRequest, requestId: string): Promise<Decision> {
  const provider = findProvider(slug);
  if (provider?.published) {
    const way = "Publish its events through POST /api/events.";
    return refusal(404, `${provider.label} has no door.`, requestId, "unknown_provider", way);
  }
  if (!provider)
    return refusal(404, `No provider is called "${slug.slice(0, 40)}".`, requestId, "unknown_provider", KNOWN);
  if (request.method === "OPTIONS") return { answer: answerWith(204, "", requestId), decision: "options" };
  if (request.method !== "POST") {
    return refusal(405, `Webhooks are sent with POST, not ${request.method}.`, requestId, "wrong_method", "", {
      allow: "POST",
    });
  }
  if (request.body.length > maxBodyBytes(slug)) return tooLarge(provider, request, requestId);

  const context = {
    secrets: secretsFrom(provider.secretsVariable),
    allowUnsigned: allowsUnsigned(provider),
    now: Math.floor(Date.now() / 1000),
  };
  if (context.secrets.length === 0 && !context.allowUnsigned) {
    const detail = `Set ${provider.secretsVariable}, then the provider's next retry gets in.`;
    await recordRejection(provider, request, { reason: "not_configured", detail, status: 503, requestId });
    return refusal(503, `${provider.label} webhooks are not configured here.`, requestId, "not_configured", detail, {
      "retry-after": RETRY_AFTER_S,
    });
  }

  const verification = provider.verify(request, context);
  if (!verification.ok) {
    const { reason, detail } = verification;
    await recordRejection(provider, request, { reason, detail, status: provider.refusalStatus, requestId });
    return refusal(provider.refusalStatus, REFUSALS[reason], requestId, reason);
  }
  return store(provider, verification.request, requestId);
}

async function store(provider: Provider, request: VerifiedRequest, requestId: string): Promise<Decision> {
  const row = eventRow(provider, request, requestId);
  try {
    const { event_id, outcome } = await storeEvent(row);
    ringWorker();
    const body = {
      received: true,
      event_id: `we_${event_id}`,
      duplicate: outcome !== "accepted",
      request_id: requestId,
    };
    return {
      answer: answerWith(200, JSON.stringify(body), requestId),
      decision: outcome,
      event_id,
      event_key: row.event_key,
    };
  } catch (error) {
    // Not stored, as far as we know: the provider sends it again, and a row that did commit makes that a duplicate.
    logError("accept_failed", error, { request_id: requestId, provider: provider.slug, event_key: row.event_key });
    return refusal(503, "The event could not be stored just now.", requestId, "unavailable", "Send it again.", {
      "retry-after": RETRY_AFTER_S,
    });
  }
}

/** The provider a path leads to, when it is one of our webhook doors. Trailing and double slashes are forgiven. */
export function webhookRoute(path: string): string | undefined {
  const slug = slugIn(path);
  return findProvider(slug) ? slug : undefined;
}

function slugIn(path: string): string {
  const clean =
    path
      .split("?", 1)[0]
      ?.replace(/\/{2,}/g, "/")
      .replace(/\/$/, "") ?? "";
  return (/^\/api\/webhooks\/([^/]+)$/.exec(clean) ?? /^\/api\/(stripe|telnyx)\/webhook$/.exec(clean))?.[1] ?? "";
}

/** The largest body a provider may send, in bytes. Readers stop there. */
export function maxBodyBytes(slug: string): number {
  return findProvider(slug)?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
}

/** The answer for a body that a reader gave up on: `request.body` holds what was read until then. */
export async function refuseTooLarge(slug: string, request: RawRequest): Promise<Answer> {
  const provider = findProvider(slug);
  const requestId = requestIdOf(request);
  if (!provider) return (await decide(slug, request, requestId)).answer;
  const { answer } = await tooLarge(provider, request, requestId);
  log("accept", { request_id: requestId, provider: slug, status: 413, decision: "too_large" });
  return answer;
}

async function tooLarge(provider: Provider, request: RawRequest, requestId: string): Promise<Decision> {
  const detail = `The limit is ${maxBodyBytes(provider.slug)} bytes.`;
  await recordRejection(provider, request, { reason: "too_large", detail, status: 413, requestId });
  return refusal(413, "The body is too large.", requestId, "too_large", detail, { connection: "close" });
}

const DOORS = Object.values(providers).filter((provider) => !provider.published);
const KNOWN = `Known providers: ${DOORS.map((provider) => provider.slug).join(", ")}.`;

const REFUSALS: Record<RefusalReason, string> = {
  unsigned: "The signature is missing.",
  bad_signature: "Invalid signature.",
  stale: "The signature is valid, but its timestamp is too far from our clock.",
  malformed: "The signature header is malformed.",
};

function allowsUnsigned(provider: Provider): boolean {
  return provider.allowUnsignedVariable !== undefined && process.env[provider.allowUnsignedVariable] === "1";
}

/** The caller's X-Request-ID when it can be logged and quoted as it is, else a new one. */
export function requestIdOf(request: Pick<RawRequest, "headers">): string {
  const given = header(request, "x-request-id");
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Micro-batches: what arrives within 2 ms is one transaction. Two run at once, so that one commit hides the other. */
const addEvent = perProcess("accept", () =>
  createBatcher<EventRow, Acceptance>(
    {
      maxItems: 200,
      maxWaitMs: 2,
      maxRunning: 2,
      maxWaiting: 5_000,
      run: async (rows) => {
        const answers = await call<(Acceptance & { n: number })[]>(
          "door",
          "accept_events",
          { p_events: rows.map((row, n) => ({ n, ...row })) },
          DEADLINE_MS,
        );
        const byNumber = new Map(answers.map((answer) => [answer.n, answer]));
        return rows.map((_, n) => byNumber.get(n) as Acceptance);
      },
    },
    (error) => error instanceof DatabaseError,
  ),
);

/** Stores one event, together with what arrives in the same moment. Resolves once that is committed. */
export function storeEvent(row: EventRow): Promise<Acceptance> {
  return withDeadline(addEvent(row));
}

function withDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseUnavailable("The database did not answer in time.")), DEADLINE_MS);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

function refusal(
  status: number,
  title: string,
  requestId: string,
  decision: string,
  detail?: string,
  headers: Record<string, string> = {},
): Decision {
  const body = JSON.stringify(problemBody({ status, title, detail: detail || undefined }, requestId));
  return {
    answer: answerWith(status, body, requestId, { "content-type": "application/problem+json", ...headers }),
    decision,
  };
}

function answerWith(status: number, body: string, requestId: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", "x-request-id": requestId, ...headers },
    body,
  };
}
