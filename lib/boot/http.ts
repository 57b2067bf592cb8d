/** The HTTP server around Next: a lane of its own for webhooks, limits against slow clients, and an orderly end. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import net from "node:net";
import { ConfigurationError } from "../env";
import { logError } from "../log";
import { accept, maxBodyBytes, refuseTooLarge, refuseUntilLater } from "../pipeline/accept";
import type { Answer } from "../pipeline/answer";
import { webhookRoute } from "../pipeline/door-path";
import { readBody } from "../pipeline/read-body";
import type { HeaderPairs, RawRequest } from "../providers/provider";
import { createReplayStreams } from "./replay-stream";

/** A sender has this long for its headers, and for everything. What follows, the answer, may take as long as it takes. */
const HEADERS_TIMEOUT_MS = 8_000;
const REQUEST_TIMEOUT_MS = 9_000;
const CHECK_EVERY_MS = 500;
/** Longer than load balancers keep idle connections (60 s), so that they close first. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Long enough for a sender to read that its body is too large before the connection ends. */
const LINGER_MS = 500;
/** The peer's address as we see it. Must equal CLIENT_ADDRESS_HEADER of lib/auth/options.ts. */
const CLIENT_HEADER = "x-redrive-client";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type UpgradeHandler = (request: IncomingMessage, socket: net.Socket, head: Buffer) => Promise<void> | void;

export interface HttpServer {
  /** Resolves to the port, which is another one than asked for when that was 0. */
  listen(port: number): Promise<number>;
  /** Accepts nothing new, lets requests under way end for at most `limitMs`, then cuts them off. */
  drain(limitMs: number): Promise<void>;
}

/** WebSocket is spoken by the streams of replays only; `upgrade`, given in development, takes what is not theirs. */
export function createHttpServer(next: Handler, upgrade?: UpgradeHandler): HttpServer {
  const open = new Set<ServerResponse>();
  const replayStreams = createReplayStreams();
  let draining = false;
  const server = http.createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      open.add(response);
      response.once("close", () => open.delete(response));
      if (draining) response.setHeader("connection", "close");
      answer(request, response, next).catch((error) => fail(response, error));
    },
  );
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Without a listener Next would add its own, which passes rewritten upgrades on to other hosts.
  server.on("upgrade", (request, socket: net.Socket, head) => {
    socket.on("error", () => {});
    if (replayStreams.take(request, socket, head)) return;
    if (upgrade) void upgrade(request, socket, head);
    else socket.end("HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });

  return {
    listen: (port) => listen(server, port),
    drain(limitMs) {
      draining = true;
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), limitMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        // Browsers open connections before they need them. The server counts one without a request as busy.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.end();
        replayStreams.close();
        // A stream of live changes has no end of its own.
        for (const response of open) if (isEventStream(response)) endConnection(response);
        for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
      });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, next: Handler): Promise<void> {
  const slug = webhookRoute(request.url ?? "/");
  if (slug) return acceptWebhook(slug, request, response);
  request.headers[CLIENT_HEADER] = addressOf(request);
  await next(request, response);
}

/** The door's own lane: some ten times the requests per second of a route handler. */
async function acceptWebhook(slug: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const read = await readBody(request, maxBodyBytes(slug));
  if (read.end === "aborted") return;
  const raw: RawRequest = {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: headerPairs(request),
    body: read.body,
  };
  const { status, headers, body } = await answerTo(read.end, slug, raw).finally(read.release);
  if (response.destroyed) return;
  response.writeHead(status, status === 204 ? headers : { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? "" : body);
  if (read.end !== "complete") response.once("finish", () => setTimeout(() => request.destroy(), LINGER_MS).unref());
}

function answerTo(end: "complete" | "too_large" | "no_room", slug: string, raw: RawRequest): Promise<Answer> {
  if (end === "complete") return accept(raw);
  return end === "too_large" ? refuseTooLarge(slug, raw) : refuseUntilLater(slug, raw);
}

function headerPairs(request: IncomingMessage): HeaderPairs {
  const { rawHeaders } = request;
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  return pairs;
}

/** The peer; behind a proxy on a private network, whom that proxy says it serves. */
function addressOf(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
  const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
  return isPrivate(peer) ? forwarded.at(-1)?.trim() || peer : peer;
}

const PRIVATE = new net.BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv4");
}
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");

function isPrivate(address: string): boolean {
  return net.isIP(address) !== 0 && PRIVATE.check(address, net.isIPv6(address) ? "ipv6" : "ipv4");
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader("content-type") ?? "").startsWith("text/event-stream");
}

/** Its headers are gone, so they cannot say any more that the connection closes: a kept one would hold up the end. */
function endConnection(response: ServerResponse): void {
  const { socket } = response;
  response.end(() => socket?.end());
}

function fail(response: ServerResponse, error: unknown): void {
  logError("request_failed", error);
  if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
  response.end();
}

function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new ConfigurationError(`Port ${port} is taken: set PORT to another one.`) : error);
    });
    server.listen(port, () => resolve((server.address() as net.AddressInfo).port));
  });
}
