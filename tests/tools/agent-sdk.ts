/**
 * A stand-in for the Agent SDK that Chatwoot events are forwarded to: `POST /webhooks/chatwoot`, `GET /health`, and
 * `POST /mode {"mode":"503"}` to make it fail on demand. It remembers what it received.
 * Alone: `node --import tsx tests/tools/agent-sdk.ts [--port 4111] [--mode ok]`
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { HeaderPairs } from "@/lib/providers/provider";
import { standard } from "@/lib/providers/standard/index";

export const AGENT_MODES = ["ok", "500", "503", "429", "slow", "422"] as const;
export type AgentMode = (typeof AGENT_MODES)[number];

export const AGENT_SDK_PORT = 4111;

const SLOW_MILLISECONDS = 20_000;
/** Enough for any test; a simulation may run for days. */
const MOST_REMEMBERED = 10_000;

export interface AgentSdkOptions {
  /** 0 takes any free port. Default 4111. */
  port?: number;
  mode?: AgentMode;
  /** The share of requests, 0 to 1, that fail with 503 although the mode is ok. */
  failureRate?: number;
  /** Verifies Standard Webhooks signatures with this secret (whsec_…), and answers 401 when they are wrong. */
  secret?: string;
  /** How long `slow` waits before it answers. */
  slowMilliseconds?: number;
}

export interface ReceivedRequest {
  /** Milliseconds since 1970. */
  at: number;
  /** `webhook-id`: the same on every attempt of one delivery. */
  id: string | undefined;
  headers: HeaderPairs;
  body: Buffer;
  sha256: string;
  signature: "valid" | "invalid" | "unchecked";
  /** The status we answered. */
  answered: number;
}

export interface AgentSdk {
  url: string;
  received: ReceivedRequest[];
  mode(): AgentMode;
  setMode(mode: AgentMode): void;
  close(): Promise<void>;
}

export async function startAgentSdk(options: AgentSdkOptions = {}): Promise<AgentSdk> {
  const received: ReceivedRequest[] = [];
  const closing = new AbortController();
  let mode = options.mode ?? "ok";
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? AGENT_SDK_PORT, "127.0.0.1", resolve);
  });

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const body = await readBody(request);
    const route = `${request.method} ${request.url?.split("?")[0]}`;
    if (route === "GET /health") return answer(response, 200, { status: "ok", mode, received: received.length });
    if (route === "POST /mode") {
      const wanted = modeIn(body);
      if (wanted === undefined)
        return answer(response, 400, { error: `mode must be one of ${AGENT_MODES.join(", ")}` });
      mode = wanted;
      return answer(response, 200, { mode });
    }
    if (route !== "POST /webhooks/chatwoot") return answer(response, 404, { error: "not found" });

    const headers = pairsOf(request);
    const signature = check(headers, body, options.secret);
    const failing = mode === "ok" && Math.random() < (options.failureRate ?? 0);
    const status = signature === "invalid" ? 401 : failing ? 503 : statusOf[mode];
    const sha256 = createHash("sha256").update(body).digest("hex");
    const id = headers.find(([name]) => name.toLowerCase() === "webhook-id")?.[1];
    received.push({ at: Date.now(), id, headers, body, sha256, signature, answered: status });
    if (received.length > MOST_REMEMBERED) received.shift();
    if (mode === "slow") {
      await wait(options.slowMilliseconds ?? SLOW_MILLISECONDS, undefined, { signal: closing.signal }).catch(() => {});
    }
    answer(response, status, answers[status], status === 429 ? { "retry-after": "2" } : {});
  }

  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    mode: () => mode,
    setMode(next) {
      mode = next;
    },
    async close() {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const statusOf: Readonly<Record<AgentMode, number>> = {
  ok: 200,
  slow: 200,
  "500": 500,
  "503": 503,
  "429": 429,
  "422": 422,
};

const answers: Readonly<Record<number, object>> = {
  200: { draft: "queued" },
  401: { error: "invalid signature" },
  422: { error: "conversation has no inbox mapping" },
  429: { error: "too many requests" },
  500: { error: "internal error" },
  503: { error: "draft queue is unavailable" },
};

function answer(response: ServerResponse, status: number, body: object = {}, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(`${JSON.stringify(body)}\n`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function modeIn(body: Buffer): AgentMode | undefined {
  try {
    const { mode } = JSON.parse(body.toString());
    return AGENT_MODES.find((known) => known === mode);
  } catch {
    return undefined;
  }
}

function pairsOf({ rawHeaders }: IncomingMessage): HeaderPairs {
  return rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : [],
  );
}

function check(headers: HeaderPairs, body: Buffer, secret: string | undefined): ReceivedRequest["signature"] {
  if (secret === undefined) return "unchecked";
  const context = { secrets: [secret], allowUnsigned: false, now: Math.floor(Date.now() / 1000) };
  const { ok } = standard.verify({ method: "POST", path: "/webhooks/chatwoot", headers, body }, context);
  return ok ? "valid" : "invalid";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { port: { type: "string" }, mode: { type: "string" } } });
  const mode = AGENT_MODES.find((known) => known === values.mode);
  const agent = await startAgentSdk({ ...(values.port && { port: Number(values.port) }), ...(mode && { mode }) });
  console.log(`Agent SDK (a stand-in) at ${agent.url}, mode ${agent.mode()}`);
}
