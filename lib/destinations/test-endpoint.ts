/** Tests an endpoint with the same guarded request as a delivery, and reports how far it came. */
import { randomUUID } from "node:crypto";
import type { EndpointTest } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { POLICIES } from "@/lib/outbound/policies";
import { type HttpResult, sendRequest } from "@/lib/outbound/request";
import { secretsIn } from "../outbound/mask";
import { hopsHeader } from "./hops";
import { signatureHeaders } from "./signing";

export interface EndpointTestRequest {
  url: string;
  /** Sent as JSON. Default: the runbook's `webhook.test`. */
  payload?: unknown;
  /** Custom headers of a destination; their values are masked in the result. */
  headers?: Record<string, string>;
  /** The secrets that sign the request, `whsec_`, newest first; none: unsigned. */
  secrets?: readonly string[];
  /** Default: the policy's. */
  timeoutMs?: number;
}

/** Sends one test. A failure of the endpoint is a result; throws only for our own mistakes. */
export async function testEndpoint(request: EndpointTestRequest): Promise<EndpointTest> {
  const { url, payload = defaultPayload(), headers = {}, secrets = [], timeoutMs } = request;
  const body = Buffer.from(JSON.stringify(payload));
  const started = performance.now();
  const result = await sendRequest(POLICIES.destination, {
    url,
    headers: {
      // As in a delivery: our headers come after them and take precedence.
      ...headers,
      "content-type": "application/json",
      "user-agent": "Redrive/1.0",
      "x-redrive-test": "true",
      ...hopsHeader([]),
      ...signatureHeaders(`test_${randomUUID()}`, body, secrets),
    },
    body,
    timeoutMs,
    secrets: [...secrets, ...secretsIn(headers)],
    inspect: true,
  });
  return describe(result, { milliseconds: Math.round(performance.now() - started), signed: secrets.length > 0 });
}

function defaultPayload() {
  return { eventType: "webhook.test", timestamp: new Date().toISOString(), data: { test: true } };
}

function describe(
  result: HttpResult,
  { milliseconds, signed }: { milliseconds: number; signed: boolean },
): EndpointTest {
  const { failure, status, headers = [], body, truncated, inspection } = result;
  return {
    success: failure === null,
    responseCode: status ?? null,
    responseTime: milliseconds,
    responseHeaders: joined(headers),
    responseBody: body ? readBody(body) : null,
    signed,
    truncated: truncated ?? false,
    error_class: failure?.class ?? null,
    error: failure?.message ?? null,
    hint: failure && hintFor(failure.class, signed),
    dns: inspection?.dns ?? null,
    tls: inspection?.tls ?? null,
  };
}

/** The hint of a failed delivery, without the parts that only apply to deliveries: nothing is replayed after a test. */
function hintFor(errorClass: ErrorClass, signed: boolean): string {
  if (errorClass === "http_401" && !signed) {
    return "The test was not signed: no destination has this URL, or the payload is not a webhook.test. Send its secret in `secret`.";
  }
  return ERROR_CLASS[errorClass].hint.replace(" for the time below", "").replace(", then replay.", ".");
}

/** Names in lower case; a repeated header has both values, with a comma between them. */
function joined(headers: [string, string][]): Record<string, string> {
  const byName = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = byName.get(name.toLowerCase());
    byName.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(byName);
}

function readBody(body: Buffer): unknown {
  if (body.length === 0) return null;
  const text = body.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
