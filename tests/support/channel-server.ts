/**
 * Slack, Teams, PagerDuty and a user's own program on one local port, with the answers that their documentation gives, and
 * as a test wants otherwise. Each path is one of them: /services (Slack's webhooks), /api/chat.* (its Web API), /workflows
 * (Teams), /v2/enqueue (PagerDuty), all else a program.
 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Told {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as the service gets it
  body: any;
  bytes: number;
}

export interface Reply {
  status: number;
  body?: string | object;
  headers?: Record<string, string>;
}

export interface ChannelServer {
  url: string;
  told: Told[];
  /** Answers instead of the documentation: a reply, "hang", or undefined for the documented one. */
  misbehave: (told: Told) => Reply | "hang" | undefined;
  /** Breaks every open connection. */
  drop(): void;
  close(): Promise<void>;
}

export async function startChannelServer(): Promise<ChannelServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const raw = bytes.toString();
    const told: Told = {
      ...{ path: request.url ?? "", headers: request.headers, raw, bytes: bytes.length },
      body: raw.startsWith("{") ? JSON.parse(raw) : undefined,
    };
    channels.told.push(told);
    const reply = channels.misbehave(told) ?? documented(told, channels.told.length);
    if (reply === "hang") return;
    const { status, body = "", headers = {} } = reply;
    const type = typeof body === "string" ? "text/plain" : "application/json";
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const channels: ChannelServer = {
    url: "",
    told: [],
    misbehave: () => undefined,
    drop: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  channels.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return channels;
}

function documented({ path, headers, body, bytes }: Told, n: number): Reply {
  if (path.startsWith("/services/")) return body?.text ? { status: 200, body: "ok" } : { status: 400, body: "no_text" };
  if (path.startsWith("/api/chat.")) return slackApi(path, headers.authorization, body, n);
  if (path.startsWith("/workflows/")) return teams(body, bytes);
  if (path === "/v2/enqueue") return pagerDuty(body);
  return { status: 200 };
}

function slackApi(path: string, authorization: string | undefined, body: Told["body"], n: number): Reply {
  if (authorization !== "Bearer xoxb-test-token") return { status: 200, body: { ok: false, error: "invalid_auth" } };
  if (!/^C[0-9A-Z]+$/.test(body?.channel ?? ""))
    return { status: 200, body: { ok: false, error: "channel_not_found" } };
  if (!body.text) return { status: 200, body: { ok: false, error: "no_text" } };
  if (path === "/api/chat.update" && !body.ts) return { status: 200, body: { ok: false, error: "message_not_found" } };
  return { status: 200, body: { ok: true, channel: body.channel, ts: body.ts ?? `1764500000.00${1000 + n}` } };
}

/** A workflow's trigger answers before the workflow runs. */
function teams(body: Told["body"], bytes: number): Reply {
  if (bytes > 28 * 1024) return { status: 413, body: "Request Entity Too Large" };
  const [attachment] = body?.attachments ?? [];
  if (body?.type !== "message" || attachment?.contentType !== "application/vnd.microsoft.card.adaptive") {
    const message = "The input is not of the schema of the trigger.";
    return { status: 400, body: { error: { code: "TriggerInputSchemaMismatch", message } } };
  }
  return { status: 202 };
}

/** What the Events API v2 requires of an event. */
function pagerDuty(body: Told["body"]): Reply {
  const errors: string[] = [];
  const { routing_key, event_action, dedup_key, payload } = body ?? {};
  if (!/^[0-9a-zA-Z]{32}$/.test(routing_key ?? "")) errors.push("'routing_key' is invalid");
  if (!["trigger", "acknowledge", "resolve"].includes(event_action)) errors.push("'event_action' is invalid");
  if (event_action !== "trigger" && !dedup_key) errors.push("'dedup_key' is missing or blank");
  if (event_action === "trigger") {
    if (!payload?.summary || payload.summary.length > 1024) errors.push("'payload.summary' is missing or too long");
    if (!payload?.source) errors.push("'payload.source' is missing or blank");
    if (!["critical", "error", "warning", "info"].includes(payload?.severity)) {
      errors.push(
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
      );
    }
  }
  if (errors.length > 0) {
    return { status: 400, body: { status: "invalid event", message: "Event object is invalid", errors } };
  }
  return { status: 202, body: { status: "success", message: "Event processed", dedup_key } };
}
