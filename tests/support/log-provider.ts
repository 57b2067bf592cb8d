/**
 * A provider with a log of what it sent, over HTTP, that misbehaves as a test wants; and a client for it, so that the engine
 * is tested apart from the clients of real providers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Entry, listIn, type ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";

export interface LoggedEvent {
  id: string;
  type: string;
  /** Unix seconds. */
  created: number;
  /** What the provider sent, or would have. */
  body: unknown;
  unrecoverable?: string;
}

export interface LogProvider {
  url: string;
  events: LoggedEvent[];
  /** When each request came, in milliseconds, and its query. */
  requests: { at: number; query: URLSearchParams }[];
  /** Answers instead of the list, when it returns true. */
  misbehave: (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** Lists oldest first, `perPage` at a time; `most` in a window at most, above which it says that there are more. */
export async function startLogProvider({ perPage = 100, most = Number.POSITIVE_INFINITY } = {}): Promise<LogProvider> {
  const provider: LogProvider = {
    url: "",
    events: [],
    requests: [],
    misbehave: () => false,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (request, response) => {
    const query = new URL(request.url ?? "/", "http://x").searchParams;
    provider.requests.push({ at: Date.now(), query });
    if (await provider.misbehave(request, response, query)) return;
    const [from, to, after] = ["from", "to", "after"].map((name) => Number(query.get(name)));
    const listed = provider.events
      .filter(({ created }) => created >= (from ?? 0) && created < (to ?? 0))
      .toSorted((a, b) => a.created - b.created || a.id.localeCompare(b.id));
    const page = listed.slice(after, (after ?? 0) + perPage);
    const next = (after ?? 0) + page.length;
    response.writeHead(200, { "content-type": "application/json", "request-id": `req_${provider.requests.length}` });
    response.end(
      JSON.stringify({ data: page, too_many: listed.length > most, next: next < listed.length ? next : null }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

/** The client. Its key is in LOG_PROVIDER_KEY, its address in LOG_PROVIDER_URL. */
export const logApi: ProviderApi = {
  coverage: { kind: "events", proves: "Every event is here.", misses: "Nothing." },
  horizonDays: 30,
  waitSeconds: 60,
  lookbackSeconds: 60,
  rights: "A key that reads events.",
  credentials: { key: { label: "Key", help: "A key.", variable: "LOG_PROVIDER_KEY", isSecret: true } },
  urlVariable: "LOG_PROVIDER_URL",
  url: () => "https://api.log.example",
  budget: { requests: 1_000, perSeconds: 1, burst: 50 },
  pairs: "event_key",
  async list(session, window, cursor) {
    const { json } = await session.ask({
      path: "/events",
      query: [
        ["from", String(Math.floor(window.from.getTime() / 1000))],
        ["to", String(Math.ceil(window.to.getTime() / 1000))],
        ["after", String(cursor ?? 0)],
        ["key", session.credentials.key ?? ""],
      ],
      secretQuery: ["key"],
    });
    const answer = json as { data?: unknown; next: number | null; too_many: boolean };
    const entries = listIn(answer.data, "events").map((one) => entryOf(one as LoggedEvent));
    return { entries, next: answer.next, isTooLarge: answer.too_many };
  },
  async test(session) {
    await session.ask({ path: "/events" });
  },
};

function entryOf({ id, type, created, body, unrecoverable }: LoggedEvent): Entry {
  return {
    eventKey: id,
    eventType: type,
    occurredAt: new Date(created * 1000).toISOString(),
    origin: "provider_api",
    ...(unrecoverable === undefined
      ? {
          webhook: {
            body: Buffer.from(JSON.stringify(body, null, 2)),
            headers: [["content-type", "application/json"]] as const,
          },
        }
      : { unrecoverable }),
  };
}

/** Gives a provider this client until the end of the process. */
export function installApi(provider: Provider, api: ProviderApi, server: LogProvider): void {
  provider.api = api;
  process.env.LOG_PROVIDER_KEY = "log-provider-key-1234";
  process.env.LOG_PROVIDER_URL = server.url;
}
