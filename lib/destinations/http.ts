/**
 * The one way out: a guarded HTTP request. The host is resolved once, refused when any of its addresses is not public,
 * and the connection is pinned to what was checked. No redirects, no decompression, no proxies, one deadline for all.
 */
import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { isAllowedAddress } from "./addresses";
import { classOfStatus } from "./retry";

const READ_BYTES = 64 * 1024;
const KEPT_BYTES = 16 * 1024;
const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** From the first look-up to the last byte of the answer, in milliseconds. */
  timeoutMs: number;
  /** CIDR blocks of private networks that may be reached. */
  allowedNetworks: string;
}

export interface HttpResult {
  /** Null when the endpoint took the event (2xx). */
  failure: { class: ErrorClass; message: string } | null;
  status?: number;
  headers?: [string, string][];
  /** The first 16 KB of the answer's body, as received. */
  body?: Buffer;
  truncated?: boolean;
}

/** Posts the bytes. Every expected failure is a value with its class; the message never names a resolved address. */
export async function post(request: OutgoingRequest): Promise<HttpResult> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const url = new URL(request.url);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return failed("blocked_address", `The scheme ${url.protocol} is not allowed.`);
  }
  try {
    const address = await expireWith(deadline, resolveHost(url.hostname));
    if (!address.every((entry) => isAllowedAddress(entry.address, request.allowedNetworks))) {
      return failed("blocked_address", `${url.hostname} leads to an address that is not public.`);
    }
    return await send(url, address, request, deadline);
  } catch (error) {
    return describeFailure(error as NodeJS.ErrnoException, url, request.timeoutMs);
  }
}

type Address = { address: string; family: number };

async function resolveHost(hostname: string): Promise<Address[]> {
  const literal = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(literal);
  return family ? [{ address: literal, family }] : lookup(hostname, { all: true, verbatim: true });
}

function send(url: URL, addresses: Address[], request: OutgoingRequest, deadline: AbortSignal): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === "https:" ? https : http;
    const outgoing = client.request(url, {
      method: "POST",
      headers: { ...request.headers, "content-length": request.body.length, "accept-encoding": "identity" },
      // One connection per request: nothing outlives the check of its address.
      agent: false,
      signal: deadline,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      // Pinned: a second look-up could answer something else.
      lookup: (_host, options, callback) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
      },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      readBody(response).then((body) => resolve(describeAnswer(response, body, url)), reject);
    });
    outgoing.end(request.body);
  });
}

/** Up to 64 KB; the status stands by then, so an endless or broken body changes nothing any more. */
function readBody(response: http.IncomingMessage): Promise<{ bytes: Buffer; truncated: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (truncated: boolean) => {
      const bytes = Buffer.concat(chunks);
      response.destroy();
      resolve({ bytes: bytes.subarray(0, KEPT_BYTES), truncated: truncated || bytes.length > KEPT_BYTES });
    };
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= READ_BYTES) finish(true);
    });
    response.on("end", () => finish(false));
    response.on("error", () => finish(true));
    response.on("aborted", () => finish(true));
  });
}

function describeAnswer(
  response: http.IncomingMessage,
  body: { bytes: Buffer; truncated: boolean },
  url: URL,
): HttpResult {
  const status = response.statusCode ?? 0;
  const answered = { status, headers: pairs(response.rawHeaders), body: body.bytes, truncated: body.truncated };
  if (status >= 200 && status < 300) return { failure: null, ...answered };
  const message = `${url.host} answered ${status}${response.statusMessage ? ` ${response.statusMessage}` : ""}.`;
  return { failure: { class: classOfStatus(status), message }, ...answered };
}

/** Cookies are never kept: nothing of ours would send them back, and they are secrets of the endpoint. */
function pairs(raw: string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = clean(raw[index] ?? "");
    headers.push([name, /^set-cookie$/i.test(name) ? "[redacted]" : clean(raw[index + 1] ?? "")]);
  }
  return headers;
}

function clean(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

/** Node's error codes, in our words. What is not listed broke the connection or the protocol. */
const CLASS_OF_CODE: Record<string, ErrorClass> = {
  ECONNREFUSED: "connection_refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_NODATA: "dns",
  ETIMEDOUT: "timeout",
  ABORT_ERR: "timeout",
  HPE_HEADER_OVERFLOW: "response_too_large",
};

const MESSAGES: Partial<Record<ErrorClass, (host: string, seconds: number) => string>> = {
  connection_refused: (host) => `${host} refused the connection.`,
  connection_reset: (host) => `${host} broke the connection or did not speak HTTP.`,
  dns: (host) => `The host name of ${host} could not be resolved.`,
  tls: (host) => `The TLS handshake with ${host} failed.`,
  timeout: (host, seconds) => `${host} did not answer within ${seconds} s.`,
  response_too_large: (host) => `${host} answered with more headers than we read.`,
};

function describeFailure(error: NodeJS.ErrnoException, url: URL, timeoutMs: number): HttpResult {
  const errorClass = isTls(error.code) ? "tls" : (CLASS_OF_CODE[error.code ?? ""] ?? "connection_reset");
  const message = MESSAGES[errorClass]?.(url.host, timeoutMs / 1000) ?? "The request failed.";
  return failed(errorClass, errorClass === "tls" ? `${message} (${error.code})` : message);
}

function isTls(code = ""): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO)/.test(code);
}

function failed(errorClass: ErrorClass, message: string): HttpResult {
  return { failure: { class: errorClass, message } };
}

function expireWith<Result>(deadline: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const expire = () => reject(Object.assign(new Error("deadline"), { code: "ABORT_ERR" }));
    deadline.addEventListener("abort", expire, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", expire));
  });
}
