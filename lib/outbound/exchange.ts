/** One HTTP exchange with a host whose addresses were checked, on a connection of its own or on a kept one. */
import type { TLSSocket } from "node:tls";
import { type Answer, readAnswer } from "./answer";
import { openRequest } from "./connections";
import type { Step } from "./failure";
import { describeTls, type Inspection } from "./inspection";
import type { OutboundPolicy } from "./policies";
import type { OutgoingRequest } from "./request";
import type { Address } from "./resolve";

/** For the connection with its TLS handshake, within the total. */
const CONNECT_MS = 5_000;
/** 1xx answers before the final one. */
const MOST_INTERIM_ANSWERS = 20;

/** The state of a request, and what it has found so far. */
export interface Trip extends Inspection {
  url: URL;
  step: Step;
  policy: OutboundPolicy;
  /** For all of it. */
  deadline: AbortSignal;
}

/**
 * Rejects with the error of the network. With `keptFor` a kept connection may be used, and is kept afterwards. Only there
 * the answer can be that nothing was sent: the endpoint had closed the connection, or had sent bytes that nobody asked for.
 * What was sent is never sent again here: the endpoint may have taken it, and each request has an attempt of its own.
 */
export function exchange(
  trip: Trip,
  request: OutgoingRequest,
  addresses: Address[],
  keptFor?: string,
): Promise<Answer | "nothing was sent"> {
  const { url, policy, deadline } = trip;
  const { secrets = [] } = request;
  trip.step = "connect";
  return new Promise((resolve, reject) => {
    const outgoing = openRequest(url, request, addresses, { signal: deadline, keptFor });
    const late = setTimeout(() => outgoing.destroy(withCode("ETIMEDOUT")), CONNECT_MS);
    let isSent = false;
    const send = () => {
      isSent = true;
      outgoing.end(request.body);
    };
    const fail = (error: Error) => {
      if (isSent || deadline.aborted) reject(error);
      else resolve("nothing was sent");
    };
    let interim = 0;
    outgoing.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM_ANSWERS) outgoing.destroy(withCode("HPE_HEADER_OVERFLOW"));
    });
    outgoing.on("error", fail);
    outgoing.on("close", () => {
      clearTimeout(late);
      // Also without an error or an answer: the connection of an endpoint that switches protocols is closed.
      fail(withCode("ECONNRESET"));
    });
    outgoing.on("response", (response) => {
      if (!isSent) return outgoing.destroy();
      const answer = readAnswer(response, { host: url.host, deadline, secrets, policy });
      // An endpoint that has answered before it read the request may not read the rest of it.
      resolve(answer.finally(() => outgoing.writableFinished || outgoing.destroy()));
    });
    if (!outgoing.reusedSocket) {
      outgoing.on("socket", (socket) => watch(trip, socket as TLSSocket, () => clearTimeout(late)));
      return send();
    }
    trip.step = "exchange";
    clearTimeout(late);
    outgoing.on("socket", (socket) => {
      const before = socket.bytesRead;
      // Node polls between the two, so that what had arrived on the connection has been read: its end, or stray bytes.
      setImmediate(() => {
        setImmediate(() => {
          if (outgoing.destroyed) return;
          if (socket.destroyed || socket.bytesRead !== before) outgoing.destroy();
          else send();
        });
      });
    });
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
