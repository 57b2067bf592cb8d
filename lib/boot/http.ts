/** The HTTP server around Next: a direct path for webhooks, limits against slow clients, and an orderly shutdown. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type net from "node:net";
import { problemOf } from "../../app/api/problems";
import { heldSignIn } from "../auth/held-addresses";
import { ConfigurationError } from "../env";
import { type ProblemInit, problemBody } from "../errors";
import { weScreen } from "../front/listen";
import { prepare, prepareUpgrade, refusalOf } from "../front/screen";
import { senderNetwork } from "../front/sender-network";
import { takeTurnToBegin } from "../front/turns";
import { logError, logRefused } from "../log";
import { maxBodyBytes, refuseSender, requestIdOf } from "../pipeline/accept";
import { answerTo } from "../pipeline/accept-from-next";
import { type Answer, answerWith, hasTooManyHeaders, tooManyHeaders } from "../pipeline/answer";
import { readBody } from "../pipeline/read-body";
import { takeSenderTurn } from "../pipeline/sender-limit";
import { webhookRoute } from "../pipeline/webhook-path";
import { refuseWrongAddress } from "../pipeline/wrong-address";
import type { HeaderPairs, RawRequest } from "../providers/provider";
import { Refusal } from "../refusals";
import { inRequest } from "../request-scope";
import { createReplayStreams } from "./replay-stream";

/** How long a sender has for its headers, and for the whole request. The answer may take as long as it needs. */
const HEADERS_TIMEOUT_MS = 8_000;
const REQUEST_TIMEOUT_MS = 9_000;
const CHECK_EVERY_MS = 500;
/** Longer than load balancers keep idle connections (60 s), so that they close first. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type UpgradeHandler = (request: IncomingMessage, socket: net.Socket, head: Buffer) => Promise<void> | void;

export interface HttpServer {
  /** Resolves to the port. It differs from the one asked for when that was 0. */
  listen(port: number): Promise<number>;
  /** Accepts no new requests, lets requests under way finish for at most `limitMs`, then cuts them off. */
  drain(limitMs: number): Promise<void>;
}

/** Only the streams of replays use WebSocket. `upgrade`, given in development, takes all other upgrades. */
export function createHttpServer(next: Handler, upgrade?: UpgradeHandler): HttpServer {
  const open = new Set<ServerResponse>();
  const replayStreams = createReplayStreams();
  let draining = false;
  weScreen();
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
  // No limit, so that all headers arrive and can be counted: by default Node drops those after the first thousand.
  server.maxHeadersCount = 0;
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Without a listener Next would add its own, which passes rewritten upgrades on to other hosts.
  server.on("upgrade", (request, socket: net.Socket, head) => {
    socket.on("error", () => {});
    prepareUpgrade(request);
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
        // Browsers open connections before they need them. The server counts a connection without a request as busy.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.end();
        replayStreams.close();
        // A stream of live changes does not end by itself.
        for (const response of open) if (isEventStream(response)) endConnection(response);
        for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
      });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, next: Handler): Promise<void> {
  prepare(request, response);
  if (hasTooManyHeaders(request.rawHeaders.length / 2)) return send(response, tooManyHeaders(), request.method);
  const slug = webhookRoute(request.url ?? "/");
  if (slug) return acceptWebhook(slug, request, response);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const refusal =
    refusalOf(request) ??
    refuseGuess(request) ??
    (await takeTurnToBegin(request, response, gone.signal)) ??
    // Again, because it may have waited behind the guesses that made a flood of it.
    refuseGuess(request);
  if (refusal === "gone") return;
  if (refusal) {
    const raw = { method: request.method ?? "", path: request.url ?? "", headers: headerPairs(request) };
    const answered = refusal === "wrong_address" ? await refuseWrongAddress(raw) : refuse(refusal, raw);
    return send(response, answered, request.method);
  }
  await inRequest(gone.signal, () => next(request, response));
}

/** The answer to a sign-in attempt from an address that has to wait. The request is not read. */
function refuseGuess(request: IncomingMessage): ProblemInit | undefined {
  const seconds = heldSignIn(request);
  if (seconds === undefined) return undefined;
  // next-auth's own client reads the reason from this URL.
  const url = new URL(`/sign-in?error=TooManyAttempts.${seconds}`, `http://${request.headers.host}`).href;
  return { ...problemOf(new Refusal("too_many_attempts", { seconds })), more: { url } };
}

/** The direct path of webhooks: some ten times the requests per second of a route handler. */
async function acceptWebhook(slug: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const network = senderNetwork(request.headers);
  const unread = { method: request.method ?? "", path: request.url ?? "", headers: headerPairs(request), network };
  const turn = await takeSenderTurn(network);
  if ("seconds" in turn) return send(response, await refuseSender(slug, unread, turn.seconds), request.method);
  try {
    const read = await readBody(request, maxBodyBytes(slug));
    if (read.end === "aborted") return;
    const raw: RawRequest = { ...unread, body: read.body };
    send(response, await answerTo(read, slug, raw).finally(read.release), request.method);
  } finally {
    turn.done();
  }
}

function refuse(problem: ProblemInit, { method, headers }: Omit<RawRequest, "body">): Answer {
  const requestId = requestIdOf({ headers });
  logRefused("request", { request_id: requestId, method, status: problem.status, decision: problem.title });
  const body = JSON.stringify(problemBody(problem, requestId));
  const more = { "content-type": "application/problem+json", ...problem.headers };
  return answerWith(problem.status, body, requestId, more);
}

function send(response: ServerResponse, { status, headers, body }: Answer, method: string | undefined): void {
  if (response.destroyed) return;
  response.writeHead(status, status === 204 ? headers : { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(method === "HEAD" ? "" : body);
}

function headerPairs(request: IncomingMessage): HeaderPairs {
  const { rawHeaders } = request;
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  return pairs;
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader("content-type") ?? "").startsWith("text/event-stream");
}

/**
 * The headers are sent already, so they cannot announce that the connection closes. A connection kept open would delay the
 * shutdown.
 */
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
