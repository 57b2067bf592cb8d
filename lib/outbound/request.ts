/**
 * The only way out: a guarded HTTP request, under a policy. The host is resolved once and refused when any of its addresses
 * is not public, and the connection is pinned to the checked addresses: a new one, or one that was opened for them. No
 * redirects, no decompression, no proxies, one deadline.
 */
import { type Environment, environment } from "@/lib/env";
import { isAllowedAddress } from "./addresses";
import type { Answer } from "./answer";
import { exchange, type Trip } from "./exchange";
import { describeFailure, type Failure } from "./failure";
import type { Inspection } from "./inspection";
import type { OutboundPolicy } from "./policies";
import { type Address, resolveHost } from "./resolve";
import { checkUrl, NOT_PUBLIC } from "./url";

/** For the DNS lookup; the connection has as long. */
const LOOKUP_MS = 5_000;

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
  /** Requests with the same value may use one connection after the other. Default: each opens its own. */
  keptFor?: string;
}

/** The operator's network settings. */
export type Egress = Pick<Environment, "EGRESS_ALLOW_PRIVATE" | "EGRESS_DNS_SERVERS">;

const ANYWHERE = "0.0.0.0/0,::/0";

export type HttpResult = Partial<Omit<Answer, "failure">> & {
  /** Null when the endpoint accepted the event (2xx). */
  failure: Failure | null;
  inspection?: Inspection;
};

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
  const trip: Trip = { url, step: "lookup", policy, deadline: AbortSignal.timeout(timeoutMs), dns: null, tls: null };
  const result = await travel(trip, request, egress).catch((error: NodeJS.ErrnoException) => ({
    failure: describeFailure(error, trip.step, url.host, timeoutMs / 1000),
  }));
  return request.inspect ? { ...result, inspection: { dns: trip.dns, tls: trip.tls } } : result;
}

async function travel(trip: Trip, request: OutgoingRequest, egress: Egress): Promise<HttpResult> {
  const { policy } = trip;
  const networks = policy.privateNetworks === "any" ? ANYWHERE : egress.EGRESS_ALLOW_PRIVATE;
  const lookupMs = Math.min(LOOKUP_MS, request.timeoutMs ?? policy.timeoutMs);
  const addresses = await lookUp(trip, egress.EGRESS_DNS_SERVERS, lookupMs);
  if (!addresses.every(({ address }) => isAllowedAddress(address, networks))) {
    return { failure: { class: "blocked_address", message: NOT_PUBLIC.title } };
  }
  if (request.keptFor !== undefined && !request.inspect) {
    const checked = addresses.map(({ address }) => address).sort();
    const keptFor = JSON.stringify([request.keptFor, policy, networks, egress.EGRESS_DNS_SERVERS, checked]);
    const answer = await exchange(trip, request, addresses, keptFor);
    if (answer !== "nothing was sent") return answer;
  }
  return (await exchange(trip, request, addresses)) as Answer;
}

async function lookUp(trip: Trip, servers: string, limitMs: number): Promise<Address[]> {
  const started = performance.now();
  const found = (addresses: number) => {
    trip.dns = { ok: addresses > 0, addresses, ms: Math.round(performance.now() - started) };
  };
  found(0);
  const addresses = await resolveHost(trip.url.hostname, servers, limitMs).finally(() => found(0));
  found(addresses.length);
  return addresses;
}
