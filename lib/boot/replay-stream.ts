/** A replay's progress over WebSocket, on the path that the Globapay runbook names. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { problemOf } from "../../app/api/problems";
import type { Actor } from "../auth/permissions";
import { type ProblemInit, problemBody } from "../errors";
import { takeStream } from "../front/stream-slots";
import { log, logError } from "../log";
import { requestIdOf } from "../pipeline/accept";
import { getReplay } from "../queries/replays";
import { watchReplay } from "../queries/watch-replay";
import { Refusal } from "../refusals";

const PATH = /^\/(?:api\/)?admin\/webhooks\/bulk-replays\/([^/?]+)\/stream(?:\?|$)/;
const PING_MS = 15_000;
/** We read no messages: one may still arrive, and must be small. */
const MAX_MESSAGE_BYTES = 1024;
/** RFC 6455, 7.4.1: done; the server goes away; the caller may not watch (any more); our own error. */
const CLOSED = { done: 1000, goingAway: 1001, notAllowed: 1008, failed: 1011 } as const;
/** A peer that does not answer our close frame is cut off after this. */
const GOODBYE_MS = 1_000;

export interface ReplayStreams {
  /** True when this upgrade is ours; it has then been taken. */
  take(request: IncomingMessage, socket: Socket, head: Buffer): boolean;
  /** Closes all streams with a close frame. */
  close(): void;
}

export function createReplayStreams(): ReplayStreams {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  let closing = false;

  async function upgrade(id: string, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const requestId = requestIdOf({ headers: pairsOf(request) });
    const permit: Admission = closing ? { problem: GOING_AWAY } : await admission(id, request);
    const { actor } = permit;
    const slot = actor ? slotOf(actor) : permit.problem;
    const problem = typeof slot === "function" ? undefined : slot;
    log("replay_stream", { request_id: requestId, replay_id: id, decision: problem ? "refused" : "watching" });
    if (typeof slot !== "function" || !actor) return refuse(socket, problem ?? GOING_AWAY, requestId);
    // The slot is freed when the connection closes, however the handshake and the stream end.
    socket.once("close", slot);
    if (socket.destroyed) slot();
    server.handleUpgrade(request, socket, head, (peer) => void stream(peer, id, request, actor));
  }

  return {
    take(request, socket, head) {
      const id = PATH.exec(request.url ?? "")?.[1];
      if (!id || request.headers.upgrade?.toLowerCase() !== "websocket") return false;
      upgrade(id, request, socket, head).catch((error) => {
        logError("replay_stream", error, { replay_id: id });
        socket.destroy();
      });
      return true;
    },
    close() {
      closing = true;
      for (const peer of server.clients) sayGoodbye(peer, CLOSED.goingAway, "the server is restarting");
    },
  };
}

/** Takes a stream slot for the actor and returns how to free it, or says why there is none. */
function slotOf(actor: Actor): (() => void) | ProblemInit {
  try {
    return takeStream(actor);
  } catch (error) {
    if (error instanceof Refusal) return problemOf(error);
    throw error;
  }
}

type Admission = { actor: Actor; problem?: undefined } | { problem: ProblemInit; actor?: undefined };

/** The caller, or why they may not watch. Checked before the upgrade, and again while they watch. */
async function admission(id: string, request: IncomingMessage): Promise<Admission> {
  // Imported late, because it loads parts of Next, which read NODE_ENV when they are loaded.
  const { authorise } = await import("../auth/authorise");
  const headers = pairsOf(request);
  try {
    // Checked as a POST: CORS does not cover a handshake, so a session counts only when the request comes from our own
    // pages.
    const actor = await authorise(new Request("http://localhost/", { method: "POST", headers }), "view");
    return (await getReplay(id, actor)) ? { actor } : { problem: NOT_FOUND };
  } catch (error) {
    if (error instanceof Refusal) return { problem: problemOf(error) };
    throw error;
  }
}

const NOT_FOUND: ProblemInit = { status: 404, title: "There is no such replay.", detail: "Ids look like br_123." };
const GOING_AWAY: ProblemInit = { status: 503, title: "The server is restarting.", headers: { "retry-after": "5" } };

async function stream(peer: WebSocket, id: string, request: IncomingMessage, actor: Actor): Promise<void> {
  const gone = new AbortController();
  let alive = true;
  const ping = setInterval(async () => {
    if (!alive) return peer.terminate();
    alive = false;
    peer.ping();
    const problem = (await admission(id, request).catch(() => undefined))?.problem;
    if (problem) sayGoodbye(peer, CLOSED.notAllowed, problem.title);
  }, PING_MS);
  peer.on("pong", () => {
    alive = true;
  });
  peer.on("error", () => peer.terminate());
  peer.once("close", () => {
    clearInterval(ping);
    gone.abort();
  });
  try {
    for await (const { progress } of watchReplay(id, gone.signal, actor)) peer.send(JSON.stringify(progress));
    sayGoodbye(peer, CLOSED.done, "the replay has ended");
  } catch (error) {
    logError("replay_stream", error, { replay_id: id });
    sayGoodbye(peer, CLOSED.failed, "the replay cannot be read");
  }
}

function sayGoodbye(peer: WebSocket, code: number, reason: string): void {
  peer.close(code, reason);
  setTimeout(() => peer.terminate(), GOODBYE_MS).unref();
}

/** An HTTP answer instead of the upgrade. */
function refuse(socket: Socket, problem: ProblemInit, requestId: string): void {
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    ...problem.headers,
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "x-request-id": requestId,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`);
}

function pairsOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
