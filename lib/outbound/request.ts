/**
 * The only way out: a guarded HTTP request, under a policy. The host is resolved once and refused when any of its addresses
 * is not public, and the connection is pinned to the checked address. No redirects, no decompression, no proxies, one
 * deadline.
 */
import http from "node:http";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import { type Environment, environment } from "@/lib/env";
import { isAllowedAddress } from "./addresses";
import { type Answer, readAnswer } from "./answer";
import { describeFailure, type Failure, type Step } from "./failure";
import { describeTls, type Inspection } from "./inspection";
import type { OutboundPolicy } from "./policies";
import { type Address, resolveHost } from "./resolve";
import { checkUrl, NOT_PUBLIC } from "./url";

/** For the DNS lookup, and again for the connection with its TLS handshake; both within the total. */
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
  /** Default: the policy's. */
  timeoutMs?: number;
  /** Masked where the answer repeats them. */
  secrets?: readonly string[];
  /** Also returns what the DNS lookup and the TLS handshake found. */
  inspect?: boolean;
}

/** The operator's network settings. */
export type Egress = Pick<Environment, "EGRESS_ALLOW_PRIVATE" | "EGRESS_DNS_SERVERS">;

const ANYWHERE = "0.0.0.0/0,::/0";

export type HttpResult = Partial<Omit<Answer, "failure">> & {
  /** Null when the endpoint accepted the event (2xx). */
  failure: Failure | null;
  inspection?: Inspection;
};

/** The state of a request, and what it has found so far. */
interface Trip extends Inspection {
  url: URL;
  step: Step;
  policy: OutboundPolicy;
  egress: Egress;
  timeoutMs: number;
}

/**
 * Sends a request. Every expected failure is a value with its class; the message never names a resolved address. Throws only
 * for our own mistakes, such as a header that HTTP cannot carry.
 */
export async function sendRequest(
  policy: OutboundPolicy,
  request: OutgoingRequest,
  egress: Egress = environment(),
): Promise<HttpResult> {
  const problem = checkUrl(request.url);
  if (problem) return { failure: { class: "blocked_address", message: problem.title } };
  const { timeoutMs = policy.timeoutMs } = request;
  const url = new URL(request.url);
  const trip: Trip = { url, step: "lookup", policy, egress, timeoutMs, dns: null, tls: null };
  const result = await travel(trip, request).catch((error: NodeJS.ErrnoException) => ({
    failure: describeFailure(error, trip.step, url.host, timeoutMs / 1000),
  }));
  return request.inspect ? { ...result, inspection: { dns: trip.dns, tls: trip.tls } } : result;
}

async function travel(trip: Trip, request: OutgoingRequest): Promise<HttpResult> {
  const deadline = AbortSignal.timeout(trip.timeoutMs);
  const addresses = await lookUp(trip);
  if (!addresses.every(({ address }) => isAllowedAddress(address, networksOf(trip)))) {
    return { failure: { class: "blocked_address", message: NOT_PUBLIC.title } };
  }
  return send(trip, addresses, request, deadline);
}

function networksOf({ policy, egress }: Trip): string {
  return policy.privateNetworks === "any" ? ANYWHERE : egress.EGRESS_ALLOW_PRIVATE;
}

async function lookUp(trip: Trip): Promise<Address[]> {
  const started = performance.now();
  const found = (addresses: number) => {
    trip.dns = { ok: addresses > 0, addresses, ms: Math.round(performance.now() - started) };
  };
  found(0);
  const servers = trip.egress.EGRESS_DNS_SERVERS;
  const addresses = await resolveHost(trip.url.hostname, servers, Math.min(CONNECT_MS, trip.timeoutMs)).finally(() =>
    found(0),
  );
  found(addresses.length);
  return addresses;
}

function send(trip: Trip, addresses: Address[], request: OutgoingRequest, deadline: AbortSignal): Promise<Answer> {
  trip.step = "connect";
  const { method = "POST", secrets = [] } = request;
  const { policy } = trip;
  const length = method === "GET" ? {} : { "content-length": request.body.length };
  return new Promise((resolve, reject) => {
    const client = trip.url.protocol === "https:" ? https : http;
    const outgoing = client.request(trip.url, {
      method,
      headers: { ...request.headers, ...length, "accept-encoding": "identity" },
      // One connection per request, so that no connection is used after the check of its address.
      agent: false,
      signal: deadline,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      // Set although they are the defaults, because options of the process could change those.
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      // Pinned: a second lookup could return another address.
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
      // Also without an error or an answer: the connection of an endpoint that switches protocols is closed.
      reject(withCode("ECONNRESET"));
    });
    outgoing.on("response", (response) => {
      resolve(readAnswer(response, { host: trip.url.host, deadline, secrets, policy }));
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
  // Before the certificate is verified, so that a refused one is described, too.
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
