/**
 * The one way out: a guarded HTTP request. The host is resolved once, refused when any of its addresses is not public,
 * and the connection is pinned to what was checked. No redirects, no decompression, no proxies, one deadline for all.
 */
import http from "node:http";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import { environment } from "@/lib/env";
import { isAllowedAddress } from "./addresses";
import { type Answer, readAnswer } from "./answer";
import { describeFailure, type Failure, type Step } from "./failure";
import { describeTls, type Inspection } from "./inspection";
import { checkUrl, NOT_PUBLIC } from "./policy";
import { type Address, resolveHost } from "./resolve";

/** For the look-up, and again for the connection with its TLS handshake; both within the total. */
const CONNECT_MS = 5_000;
const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;
/** 1xx answers before the final one. */
const MOST_INTERIM_ANSWERS = 20;

export interface OutgoingRequest {
  /** Default: POST. */
  method?: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** From the first look-up to the last byte of the answer, in milliseconds. */
  timeoutMs: number;
  /** CIDR blocks of private networks that may be reached. */
  allowedNetworks: string;
  /** Default: EGRESS_DNS_SERVERS. */
  dnsServers?: string;
  /** Masked where the answer repeats them. */
  secrets?: readonly string[];
  /** Also tells what the look-up and the TLS handshake found. */
  inspect?: boolean;
  /** How much of the answer's body is read and handed over. Default: what we keep of an endpoint's answer. */
  mostBytes?: number;
}

export type HttpResult = Partial<Omit<Answer, "failure">> & {
  /** Null when the endpoint took the event (2xx). */
  failure: Failure | null;
  inspection?: Inspection;
};

/** How far a request has come, and what it saw on the way. */
interface Trip extends Inspection {
  url: URL;
  step: Step;
}

/**
 * Posts the bytes, or gets. Every expected failure is a value with its class; the message never names a resolved address.
 * Throws only for mistakes of ours, such as a header that HTTP cannot carry.
 */
export async function post(request: OutgoingRequest): Promise<HttpResult> {
  const problem = checkUrl(request.url);
  if (problem) return { failure: { class: "blocked_address", message: problem.title } };
  const trip: Trip = { url: new URL(request.url), step: "lookup", dns: null, tls: null };
  const result = await travel(trip, request).catch((error: NodeJS.ErrnoException) => ({
    failure: describeFailure(error, trip.step, trip.url.host, request.timeoutMs / 1000),
  }));
  return request.inspect ? { ...result, inspection: { dns: trip.dns, tls: trip.tls } } : result;
}

async function travel(trip: Trip, request: OutgoingRequest): Promise<HttpResult> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const addresses = await lookUp(trip, request);
  if (!addresses.every(({ address }) => isAllowedAddress(address, request.allowedNetworks))) {
    return { failure: { class: "blocked_address", message: NOT_PUBLIC.title } };
  }
  return send(trip, addresses, request, deadline);
}

async function lookUp(trip: Trip, request: OutgoingRequest): Promise<Address[]> {
  const started = performance.now();
  const found = (addresses: number) => {
    trip.dns = { ok: addresses > 0, addresses, ms: Math.round(performance.now() - started) };
  };
  found(0);
  const servers = request.dnsServers ?? environment().EGRESS_DNS_SERVERS;
  const addresses = await resolveHost(trip.url.hostname, servers, Math.min(CONNECT_MS, request.timeoutMs)).finally(() =>
    found(0),
  );
  found(addresses.length);
  return addresses;
}

function send(trip: Trip, addresses: Address[], request: OutgoingRequest, deadline: AbortSignal): Promise<Answer> {
  trip.step = "connect";
  const { method = "POST", mostBytes } = request;
  const length = method === "GET" ? {} : { "content-length": request.body.length };
  return new Promise((resolve, reject) => {
    const client = trip.url.protocol === "https:" ? https : http;
    const outgoing = client.request(trip.url, {
      method,
      headers: { ...request.headers, ...length, "accept-encoding": "identity" },
      // One connection per request: nothing outlives the check of its address.
      agent: false,
      signal: deadline,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      // Said although they are the defaults: options of the process could change those.
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      // Pinned: a second look-up could answer something else.
      lookup: (_host, options, callback) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
      },
    });
    const late = setTimeout(() => outgoing.destroy(withCode("ETIMEDOUT")), CONNECT_MS);
    let interim = 0;
    outgoing.on("socket", (socket) => watch(trip, socket as TLSSocket, () => clearTimeout(late)));
    outgoing.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM_ANSWERS) outgoing.destroy(withCode("HPE_HEADER_OVERFLOW"));
    });
    outgoing.on("error", reject);
    outgoing.on("close", () => {
      clearTimeout(late);
      // Without an error and an answer, too: an endpoint that switches protocols is just cut off.
      reject(withCode("ECONNRESET"));
    });
    outgoing.on("response", (response) => {
      resolve(readAnswer(response, { host: trip.url.host, deadline, secrets: request.secrets ?? [], mostBytes }));
    });
    outgoing.end(request.body);
  });
}

function watch(trip: Trip, socket: TLSSocket, connected: () => void): void {
  const isTls = trip.url.protocol === "https:";
  socket.on("connect", () => {
    trip.step = isTls ? "handshake" : "exchange";
    if (!isTls) connected();
  });
  if (!isTls) return;
  // Before the certificate is judged: one that is refused is told, too.
  socket.prependListener("secure", () => {
    trip.tls = describeTls(socket);
  });
  socket.on("secureConnect", () => {
    trip.step = "exchange";
    connected();
  });
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}
