/**
 * Opens connections to others, the only code that does, and keeps those of deliveries for a moment. A kept one is used again
 * only for the same use, and only while the host has the very addresses that were checked when it was opened: both are in its
 * name, so that any change leads to a new connection. Node's agents keep them; what is here makes them forget sooner.
 */
import http, { type ClientRequest } from "node:http";
import https, { type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { processSingleton } from "@/lib/process-singleton";
import type { OutgoingRequest } from "./request";
import type { Address } from "./resolve";

/** Shorter than servers wait for the next request (2 s and more), so that we close first. */
const IDLE_MS = 1_000;
/** From its opening on, however busy it is: certificates, and servers behind one address, change. */
const OLDEST_MS = 60_000;
/** Idle connections for one use, and for all. */
const MOST_IDLE_EACH = 64;
const MOST_IDLE = 256;
const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;

interface Keeping {
  /** The use of a connection. Undefined: it is opened for this request, and closed after it. */
  keptFor?: string | undefined;
}

/** A request that is pinned to checked addresses. It is sent with `end`. */
export function openRequest(
  url: URL,
  { method = "POST", headers, body }: OutgoingRequest,
  addresses: Address[],
  { keptFor, signal }: Keeping & { signal: AbortSignal },
): ClientRequest {
  const isTls = url.protocol === "https:";
  const length = method === "GET" ? {} : { "content-length": body.length };
  const options: RequestOptions & Keeping = {
    method,
    headers: { ...headers, ...length, "accept-encoding": "identity" },
    agent: keptFor !== undefined && agents()[isTls ? "https" : "http"],
    keptFor,
    signal,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    // Set although they are the defaults, because options of the process could change those.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    // Pinned: a second lookup could return another address.
    lookup: (_host, asked, callback) => {
      if (asked.all) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
    },
  };
  const request = (isTls ? https : http).request(url, options);
  if (keptFor !== undefined && !request.reusedSocket) request.once("socket", refuseStrayBytes);
  return request;
}

const idle = processSingleton("idle-connections", () => new Set<Socket>());
const openedAt = new WeakMap<Socket, number>();

const agents = () =>
  processSingleton("kept-connections", () => {
    const settings = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MOST_IDLE_EACH, scheduling: "fifo" } as const;
    return {
      http: forgetful(new http.Agent(settings)),
      // Without sessions: a resumed one does not check the names of the certificate again.
      https: forgetful(new https.Agent({ ...settings, maxCachedSessions: 0 })),
    };
  });

/** Node's documented ways to change an agent: its names, and what happens before a connection is kept and used again. */
function forgetful<Agent extends http.Agent>(agent: Agent): Agent {
  const nameOf = agent.getName.bind(agent);
  // Returns whether the connection may be kept, unlike its type.
  const keep = agent.keepSocketAlive.bind(agent) as (socket: Socket) => unknown;
  const reuse = agent.reuseSocket.bind(agent);
  return Object.assign(agent, {
    getName: (options: RequestOptions & Keeping) => `${nameOf(options)}:${options.keptFor}`,
    keepSocketAlive(socket: Socket): boolean {
      const isOld = performance.now() - (openedAt.get(socket) ?? 0) > OLDEST_MS;
      if (isOld || idle.size >= MOST_IDLE || !keep(socket)) return false;
      idle.add(socket);
      return true;
    },
    reuseSocket(socket: Socket, request: ClientRequest): void {
      idle.delete(socket);
      reuse(socket, request);
    },
  });
}

/**
 * Closes a connection as soon as it gets bytes that belong to no answer: a second answer to one request, or what is left of
 * the first, must never be read as the answer to the next request.
 */
function refuseStrayBytes(socket: Socket): void {
  openedAt.set(socket, performance.now());
  socket.once("close", () => idle.delete(socket));
  // Before the listener of the HTTP parser, which is there as long as an answer is expected.
  socket.prependListener("data", () => {
    if (socket.listenerCount("data") === 1) socket.destroy();
  });
}
