/** The answers of webhook endpoints, and what one line of the log says about each. */
import { randomUUID } from "node:crypto";
import { problemBody } from "@/lib/errors";
import type { RefusalReason } from "@/lib/providers/provider";

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An answer and its fields for the log. Never a token, never a secret. */
export interface Decision {
  answer: Answer;
  decision: string;
  event_id?: number;
  event_key?: string;
  /** The number of events, when the request had several. */
  events?: number;
  source_id?: number;
  suspected_replay?: boolean;
  /** Of its span, where traces are exported. */
  trace_id?: string;
}

/** For a 503: the sender should retry soon. */
export const RETRY = { "retry-after": "5" };

export const REFUSALS: Record<RefusalReason, string> = {
  unsigned: "The signature is missing.",
  bad_signature: "Invalid signature.",
  stale: "The signature is valid, but its timestamp is too far from the server's clock.",
  malformed: "The signature header is malformed.",
};

/** A refusal as problem+json. `decision` is its name in the log. */
export function refusal(
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

/** Senders and the proxies before us add some dozens. With more, servers differ in which ones they drop, so none is read. */
const MOST_HEADERS = 200;

export function hasTooManyHeaders(count: number): boolean {
  return count > MOST_HEADERS;
}

/** The answer to a request with too many headers. */
export function tooManyHeaders(): Answer {
  const detail = `Send at most ${MOST_HEADERS}.`;
  return refusal(431, "The request has too many headers.", randomUUID(), "too_many_headers", detail, {
    connection: "close",
  }).answer;
}

/** An answer with the request id. It is JSON unless `headers` say otherwise. */
export function answerWith(
  status: number,
  body: string,
  requestId: string,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", "x-request-id": requestId, ...headers },
    body,
  };
}
