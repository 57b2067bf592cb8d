/**
 * A small HTTP server on loopback that stands for a provider's API. A fake writes only `answer`, in the shape that the
 * provider documents; what every API may do wrong is here.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the fake got it. */
export interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface FakeAnswer {
  /** Default: 200. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or `text` as it is. */
  json?: unknown;
  text?: string;
}

export interface FakeServer {
  /** Without a slash at the end. */
  url: string;
  /** Every request, oldest first, refused ones included. */
  requests: FakeRequest[];
  /** The next requests get this answer, whatever they ask for. Default: one. */
  answerNext(answer: FakeAnswer, times?: number): void;
  /** Changes every answer of `answer`, until it is called with nothing. */
  tamper(change?: (answer: FakeAnswer, request: FakeRequest) => FakeAnswer): void;
  /** Called before each answer: what happens at the provider while its list is read. */
  beforeAnswer(happens?: (request: FakeRequest, count: number) => void): void;
  close(): Promise<void>;
}

const LARGEST_BODY_BYTES = 1024 * 1024;

/** Starts on a free port. Each answer carries a request id in `idHeader`, as providers send them. */
export async function startFakeServer(
  idHeader: string,
  answer: (request: FakeRequest) => FakeAnswer,
): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const canned: FakeAnswer[] = [];
  let change: Parameters<FakeServer["tamper"]>[0];
  let happens: Parameters<FakeServer["beforeAnswer"]>[0];

  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming);
    requests.push(request);
    happens?.(request, requests.length);
    const next = canned.shift();
    const plain = next ?? answer(request);
    const sent = next === undefined && change ? change(plain, request) : plain;
    const type = { "content-type": "application/json", [idHeader]: `req_${requests.length}` };
    outgoing.writeHead(sent.status ?? 200, { ...type, ...sent.headers });
    outgoing.end(sent.text ?? JSON.stringify(sent.json ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerNext: (given, times = 1) => canned.push(...Array<FakeAnswer>(times).fill(given)),
    tamper: (given) => {
      change = given;
    },
    beforeAnswer: (given) => {
      happens = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new Error("A request to a provider's API is never this large.");
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? "/", "http://fake");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
