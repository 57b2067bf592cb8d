/** deliver: tries one claimed delivery once. Either a pure projection or one guarded HTTP request; the result is a value. */
import { printId } from "@/lib/contract/ids";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { hopsHeader, loopIn } from "@/lib/destinations/hops";
import { retryDelay } from "@/lib/destinations/retry";
import { openHeaders, secretsOf } from "@/lib/destinations/secrets";
import { signatureHeaders } from "@/lib/destinations/signing";
import { project } from "@/lib/destinations/tables";
import { environment } from "@/lib/env";
import { secretsIn } from "@/lib/outbound/mask";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { findProvider } from "@/lib/providers";
import { header } from "@/lib/providers/provider";
import type { Outcome, Work } from "./claim";
import { passedOn } from "./passed-on";
import { projectable, receivedBytes } from "./projectable";

/** Never throws. `trace`: the headers of its span, which replace those of the caller. */
export async function deliver(work: Work, trace?: Record<string, string>): Promise<Outcome> {
  const started = performance.now();
  const outcome = await attempt(work, trace).catch((error: unknown) => failure(work, "handler_error", String(error)));
  return { ...outcome, duration_ms: Math.round(performance.now() - started) };
}

type Untimed = Outcome extends infer O ? (O extends unknown ? Omit<O, "duration_ms"> : never) : never;

async function attempt(work: Work, trace?: Record<string, string>): Promise<Untimed> {
  if (work.event.body === null) return failure(work, "invalid_payload", "The bytes were deleted by the retention.");
  return work.destination.kind === "tables" ? projectRows(work) : postBytes(work, trace);
}

async function projectRows(work: Work): Promise<Untimed> {
  const { event } = work;
  const provider = findProvider(event.provider);
  if (!provider) return failure(work, "handler_error", `No provider is called ${event.provider} any more.`);
  const projection = project(provider, await projectable(event));
  if (!projection.ok) return failure(work, projection.class, projection.message);
  return { delivered: true, changes: projection.changes };
}

async function postBytes(work: Work, trace?: Record<string, string>): Promise<Untimed> {
  const { destination, event } = work;
  const loop = loopIn(event.headers, destination.slug);
  if (loop) return failure(work, "delivery_loop", loop);
  const body = bytesFor(work);
  // Read once: checking the environment costs a quarter of a millisecond.
  const env = environment();
  const custom = openHeaders(destination);
  const secrets = secretsOf(destination, env);
  const outgoing = {
    url: destination.url ?? "",
    headers: {
      ...inLowerCase(custom),
      ...requestHeaders(work, trace),
      ...signatureHeaders(printId("event", event.id), body, secrets),
    },
    body,
    timeoutMs: destination.timeout_ms,
    secrets: [...secrets, ...secretsIn(custom)],
    ...connectionOf(work),
  };
  const result = await sendRequest(POLICIES.destination, outgoing, env);
  const answer = {
    http_status: result.status,
    response_headers: result.headers,
    response_body: result.body,
    response_truncated: result.truncated,
  };
  if (!result.failure) return { delivered: true, changes: [], ...answer };
  const retryAfter = header({ headers: result.headers ?? [] }, "retry-after");
  return {
    ...failure(work, result.failure.class, result.failure.message, { retryAfter, status: result.status }),
    ...answer,
  };
}

/**
 * A stray answer on a kept connection can only reach the destination it came from. An endpoint may close a kept connection
 * while a request is on its way, which fails this try, so the last one opens its own.
 */
function connectionOf({ destination, try: number }: Work): { keptFor?: string } {
  return number < destination.max_attempts ? { keptFor: `destination ${destination.id}` } : {};
}

/** The received bytes; for an event of our own, the envelope of the merchant runbook. */
function bytesFor({ event, replay_id }: Work): Buffer {
  const body = receivedBytes(event);
  const { outgoing } = findProvider(event.provider) ?? {};
  return outgoing?.({ id: printId("event", event.id), body, replayed: replay_id !== null }) ?? body;
}

/** Our headers come after them and take precedence, so the names must have the same case as ours. */
function inLowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The received content type, the provider's own harmless headers, and ours: the event, the try, whether it is a replay. */
function requestHeaders(
  { event, replay_id, attempt_number }: Work,
  trace?: Record<string, string>,
): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": event.content_type ?? "application/octet-stream",
    "user-agent": "Redrive/1.0",
    "x-redrive-provider": event.provider,
    "x-redrive-attempt": String(attempt_number),
    ...hopsHeader(event.headers),
  };
  const { traceparent, tracestate, ...passed } = passedOn(event.headers, findProvider(event.provider));
  Object.assign(headers, passed, trace ?? { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) });
  if (replay_id !== null) {
    headers["x-redrive-replay"] = "true";
    headers["x-redrive-replay-id"] = printId("replay", replay_id);
    headers["x-redrive-original-timestamp"] = event.occurred_at ?? event.received_at;
  }
  return headers;
}

function failure(
  work: Work,
  errorClass: ErrorClass,
  error: string,
  answer: { retryAfter?: string; status?: number } = {},
) {
  return {
    delivered: false as const,
    error_class: errorClass,
    error,
    retry_in_ms: retryDelay(errorClass, work.try, work.destination, answer),
  };
}
