/** Requests that may use a kept connection, and an endpoint that answers any number of them on each connection. */
import type { Socket } from "node:net";
import type { OutboundPolicy } from "@/lib/outbound/policies";
import { POLICIES } from "@/lib/outbound/policies";
import { type Egress, type HttpResult, sendRequest } from "@/lib/outbound/request";
import { type Behaviour, type Endpoint, startEndpoint } from "./hostile";

interface Asking {
  keptFor?: string | undefined;
  policy?: OutboundPolicy;
  egress?: Partial<Egress>;
  inspect?: boolean;
  body?: string;
}

const EGRESS = (): Egress => ({
  EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
  EGRESS_DNS_SERVERS: process.env.EGRESS_DNS_SERVERS ?? "",
});

/** One request, for the use "test" unless another is given. */
export function ask(url: string, { keptFor = "test", policy, egress, inspect = false, body = "{}" }: Asking = {}) {
  const request = { url, headers: {}, body: Buffer.from(body), timeoutMs: 4_000, keptFor, inspect };
  return sendRequest(policy ?? POLICIES.destination, request, { ...EGRESS(), ...egress });
}

/** What an answer says, or the class of its failure. */
export function told({ failure, body }: HttpResult): string {
  return failure ? failure.class : String(body);
}

/** An answer with a length, for a connection that stays open. */
export function answerWith(text: string, headers = ""): string {
  return `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** Calls `answer` for each request of a connection with its body and its number on this connection, from 1. */
export function perRequest(answer: (socket: Socket, body: string, number: number) => unknown): Behaviour {
  return (socket) => {
    let number = 0;
    let unread = "";
    socket.on("data", (chunk: Buffer) => {
      unread += chunk.toString("latin1");
      for (;;) {
        const [, length, rest = ""] = /^[\s\S]*?content-length: (\d+)[\s\S]*?\r\n\r\n([\s\S]*)$/i.exec(unread) ?? [];
        if (length === undefined || rest.length < Number(length)) return;
        unread = rest.slice(Number(length));
        number += 1;
        answer(socket, rest.slice(0, Number(length)), number);
      }
    });
    socket.on("end", () => socket.end());
  };
}

/** An endpoint, its side of each connection, and requests to it by their bodies. Repeats each body unless it behaves otherwise. */
export async function startTalk(behave: Behaviour = echo()) {
  const sockets: Socket[] = [];
  const endpoint: Endpoint = await startEndpoint((socket, request, number) => {
    sockets.push(socket);
    return behave(socket, request, number);
  });
  const url = `http://127.0.0.1:${endpoint.port}/`;
  return {
    endpoint,
    sockets,
    ask: async (body: string) => told(await ask(url, { keptFor: url, body })),
    received: (body: string) => endpoint.requests.join("").split(body).length - 1,
  };
}

const echo = () => perRequest((socket, body) => socket.write(answerWith(body)));
