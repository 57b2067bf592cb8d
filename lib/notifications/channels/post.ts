/** A request to a channel through the guarded way out, and what its answer means for the message. */
import type { MessageResult } from "@/lib/db/functions/messages";
import { POLICIES } from "@/lib/outbound/policies";
import { type HttpResult, sendRequest } from "@/lib/outbound/request";

const LONGEST_SAID = 200;
/** A channel that asks for a longer pause is asked again after this long. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Another try could have another result. The other classes are refusals for good. */
const PASSING = new Set(["timeout", "dns", "connection_refused", "connection_reset", "tls", "http_5xx", "http_429"]);

export interface Posted {
  url: string;
  body: Buffer;
  headers?: Record<string, string>;
  /** Masked where the answer repeats them. The address itself always is. */
  secrets?: readonly string[];
}

/** Sends JSON. `text` is the answer's body, with our secrets masked. */
export async function post({ url, body, headers = {}, secrets = [] }: Posted): Promise<HttpResult & { text: string }> {
  const { pathname, search } = new URL(url);
  const result = await sendRequest(POLICIES.channel, {
    url,
    body,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Redrive/1.0", ...headers },
    secrets: [...secrets, url, pathname + search],
  });
  return { ...result, text: result.body?.toString("utf8") ?? "" };
}

/** What an answer means: accepted, to be tried again, or refused. `said`: the reason as the channel gives it. */
export function resultOf(
  label: string,
  { failure, status, headers, text }: HttpResult & { text: string },
  said: string = text,
): MessageResult {
  if (!failure) return { status: "sent", outcome: `Accepted by ${label} (${status}).` };
  const why = tidy(said);
  return {
    status: PASSING.has(failure.class) ? "retry" : "failed",
    outcome: `${failure.message}${why && ` It said: ${why}`}`,
    retry_after_ms: pauseIn(headers ?? []),
  };
}

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date. */
export function pauseIn(headers: readonly [string, string][], now = Date.now()): number | undefined {
  const [, value] = headers.find(([name]) => name.toLowerCase() === "retry-after") ?? [];
  if (!value) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_PAUSE_MS) : undefined;
}

/** One line of what a channel said. */
export function tidy(text: string): string {
  return text
    .replace(/<[^>]*>/g, " ")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST_SAID);
}

/** The answer as JSON; undefined when it is none. */
export function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
