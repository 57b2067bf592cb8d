/** What a running Redrive must do, seen from outside. Long because it is a list: a check a line or a few. */
import { createHash, randomUUID } from "node:crypto";
import type { HealthCheck } from "../../lib/contract/health";
import { type Sample, sample } from "../../lib/samples";
import { requestOf, SENDERS, type Sender } from "../fixtures/sign";
import { signingSecret } from "./requests";

/** What a check may need in addition to the address. */
export type Need = "nothing" | "token" | "write";

export interface Check {
  name: string;
  need: Need;
  /** Returns what it saw. Throws when that is wrong, and `NotHere` when this installation has nothing to check. */
  run: (desk: Installation) => Promise<string>;
  /** When it fails, the checks with these needs are skipped, because they would fail for the same reason. */
  opens?: Need[];
}

/** Not a failure: there is nothing to check, for the reason it gives. */
export class NotHere extends Error {}

export interface Installation {
  url: string;
  /** The Authorization header, where a token was given. */
  authorization: string | undefined;
  /** How long the sample may take until it is processed. */
  waitMs: number;
  /** Sends a request without following redirects, within `TIMEOUT_MS`. Sends the token unless `signedOut`. */
  ask(path: string, init?: RequestInit & { signedOut?: boolean }): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape are looked into, and a missing field fails the check.
  json: any;
}

const CLOCK_BOUND_S = 30;
/** Redrive never answers these to a webhook's route: they come from a proxy in front of it. */
const IN_FRONT = new Set([301, 302, 307, 308, 401, 403, 404, 405, 407]);

export const CHECKS: Check[] = [
  {
    ...open("It is Redrive that answers", async ({ url, ask }) => {
      const { status, json } = await ask("/api/webhooks/health").catch((error: Error) => {
        throw new Error(`${error.message}: is it started, and is ${url} its address?`);
      });
      must(
        json.database !== undefined,
        `/api/webhooks/health answers ${status} and is not Redrive's: check the address, and let what stands in front of it pass /api/* on`,
      );
      return String(status);
    }),
    opens: ["nothing", "token", "write"],
  },
  open("Health answers", async ({ ask }) => {
    const { status, json } = await ask("/api/webhooks/health");
    must(status === 200, `it answers ${status}: the database is away; see "The database is reachable"`);
    must(json.status === "healthy", `it says "${json.status}"; GET /api/health/deep says why`);
    return json.status;
  }),
  open("The database is reachable", async ({ ask }) => {
    const { json } = await ask("/api/webhooks/health");
    must(
      json.database?.reachable === true,
      "it is not: check DATABASE_URL or SUPABASE_URL, and that the database runs",
    );
    return `${json.database.latency_ms ?? "?"} ms`;
  }),
  open("The clock agrees with this machine's", async ({ ask }) => {
    const { json } = await ask("/api/webhooks/health");
    const seconds = Math.abs(Date.now() - Date.parse(json.timestamp)) / 1000;
    must(
      seconds < CLOCK_BOUND_S,
      `it is ${Math.round(seconds)} s off, and signatures with a timestamp will be rejected: set both clocks by NTP`,
    );
    return `${seconds.toFixed(1)} s`;
  }),
  open("The sign-in page is drawn", async ({ ask }) => {
    const { status, text } = await ask("/sign-in", { signedOut: true });
    must(status === 200 && /password/i.test(text), `it answers ${status}`);
    return "200";
  }),
  open("Its style sheet is served", async ({ ask }) => {
    const { text } = await ask("/sign-in", { signedOut: true });
    const sheet = /href="(\/_next\/static\/[^"]+\.css[^"]*)"/.exec(text)?.[1];
    must(sheet !== undefined, "the page names none");
    const { status } = await ask(String(sheet).replaceAll("&amp;", "&"), { signedOut: true });
    must(status === 200, `it answers ${status}`);
    return "200";
  }),
  open("Scripts run with a nonce only", async ({ ask }) => {
    const policy = (await ask("/sign-in", { signedOut: true })).headers.get("content-security-policy") ?? "";
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    must(scripts.includes("'nonce-") && !scripts.includes("'unsafe-inline'"), `script-src is "${scripts}"`);
    return "Content-Security-Policy";
  }),
  open("No other site may frame it", async ({ ask }) => {
    const { headers } = await ask("/sign-in", { signedOut: true });
    must(/frame-ancestors 'none'/.test(headers.get("content-security-policy") ?? ""), "frame-ancestors is missing");
    return "frame-ancestors 'none'";
  }),
  open("Content types are not guessed", async ({ ask }) => {
    const { headers } = await ask("/sign-in", { signedOut: true });
    must(headers.get("x-content-type-options") === "nosniff", "X-Content-Type-Options is missing");
    return "nosniff";
  }),
  open("HTTPS stays HTTPS", async ({ url, ask }) => {
    const { headers } = await ask("/sign-in", { signedOut: true });
    const given = headers.get("strict-transport-security");
    const https = url.startsWith("https:");
    must(https === Boolean(given), https ? "Strict-Transport-Security is missing" : "it is promised over http");
    return given ?? "http, so nothing is promised";
  }),
  open("A page sends signed-out people to the sign-in page", async ({ ask }) => {
    const { status, headers } = await ask("/events", { signedOut: true });
    must(status === 307 && /\/sign-in/.test(headers.get("location") ?? ""), `it answers ${status}`);
    return "307";
  }),
  open("Next's own header opens no page", async ({ ask }) => {
    const headers = { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" };
    const { status, text } = await ask("/events", { signedOut: true, headers });
    must(status === 307 || !/we_\d/.test(text), "it shows events");
    return String(status);
  }),
  open("The API wants a token", async ({ ask }) => {
    const { status, headers, json } = await ask("/api/webhooks/events", { signedOut: true });
    must(status === 401, `it answers ${status}`);
    must(/problem\+json/.test(headers.get("content-type") ?? "") && json.request_id, "it is no problem+json");
    return "401";
  }),
  open("A wrong token is refused", async ({ ask }) => {
    const headers = { authorization: "Bearer rd_wrong" };
    const { status } = await ask("/api/webhooks/events", { signedOut: true, headers });
    must(status === 401, `it answers ${status}`);
    return "401";
  }),
  open("The worker's tick wants its secret", async ({ ask }) => {
    const { status } = await ask("/api/internal/worker", { method: "POST", signedOut: true });
    must(status === 401, `without it POST answers ${status}: set CRON_SECRET, and let no proxy add it to requests`);
    return String(status);
  }),
  open("The API is described", async ({ ask }) => {
    const { status, json } = await ask("/api/openapi.json");
    must(status === 200 && json.openapi?.startsWith("3.1"), `it answers ${status}`);
    return `${Object.keys(json.paths).length} paths`;
  }),
  open("An unknown page is 404", async ({ ask }) => {
    const { status } = await ask("/api/nothing-is-here");
    must(status === 404, `it answers ${status}`);
    return "404";
  }),
  ...SENDERS.map((provider) =>
    open(`The ${provider} endpoint answers`, async ({ ask }) => {
      // Neither stores nor rejects anything.
      const { status } = await ask(`/api/webhooks/${provider}`, { method: "OPTIONS", signedOut: true });
      const front = IN_FRONT.has(status) ? ": something in front of Redrive refuses it; let /api/webhooks/* pass" : "";
      must(status === 204, `OPTIONS answers ${status}${front}`);
      return "204";
    }),
  ),
  {
    ...signedIn("The token is an administrator's", async ({ ask }) => {
      const { status } = await ask("/api/health/deep");
      const make = "make one with `npm run token -- --role super_admin`, in this installation's environment";
      must(status !== 401, `it is not accepted (401): ${make}`);
      must(status !== 403, `it may not read everything (403): ${make}`);
      must(status === 200, `/api/health/deep answers ${status}`);
      return "200";
    }),
    opens: ["token", "write"],
  },
  signedIn("Every check of the deep health passes", async ({ ask }) => {
    const { json } = await ask("/api/health/deep");
    const checks: HealthCheck[] = json.checks;
    const bad = checks.filter(({ status }) => status === "degraded" || status === "failed");
    must(bad.length === 0, bad.map(({ name, detail, todo }) => `${name}: ${detail} ${todo ?? ""}`.trim()).join(" "));
    return `${checks.length} checks`;
  }),
  signedIn("Nothing due waits for more than a minute", async ({ ask }) => {
    const { json } = await ask("/api/webhooks/health");
    const oldest = json.oldest_due_seconds ?? 0;
    must(oldest <= 60, `the oldest has been due for ${Math.round(oldest)} s: ${NO_WORKER}`);
    return `${Math.round(oldest)} s`;
  }),
  signedIn("Events are listed, newest first", async ({ ask }) => {
    const { events } = await page(ask, "/api/webhooks/events?limit=50");
    const times = events.map((event: { received_at: string }) => event.received_at);
    must(times.join() === [...times].sort().reverse().join(), "they are not in order");
    return `${events.length} events`;
  }),
  signedIn("The second page follows the first", async ({ ask }) => {
    const first = await page(ask, "/api/webhooks/events?limit=1");
    if (!first.next_cursor) throw new NotHere("there are fewer than two events");
    const second = await page(ask, `/api/webhooks/events?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`);
    must(second.events[0]?.id !== first.events[0]?.id, "it shows the same event");
    return second.events[0]?.id ?? "none";
  }),
  signedIn("An event's bytes have the hash that was noted", async ({ ask }) => {
    const { json } = await ask(`/api/webhooks/events/${await anyEvent(ask)}`);
    const bytes = Buffer.from(json.body_base64 ?? "", "base64");
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (json.redacted_at || hash !== json.body_sha256) {
      throw new NotHere("its bytes are shown with a secret covered, or were forgotten");
    }
    return hash.slice(0, 12);
  }),
  signedIn("A filter that matches nothing shows nothing", async ({ ask }) => {
    const { events } = await page(ask, `/api/webhooks/events?q=${randomUUID()}`);
    must(events.length === 0, `it shows ${events.length} events`);
    return "none";
  }),
  signedIn("A wrong filter names its field", async ({ ask }) => {
    const { status, json } = await ask("/api/webhooks/events?limit=0");
    must(status === 400 && json.field === "limit", `it answers ${status} and names ${json.field}`);
    return "400, limit";
  }),
  ...[
    ["The histogram", "/api/webhooks/events/histogram"],
    ["Event types", "/api/webhooks/events/types"],
    ["Analytics", "/api/webhooks/analytics?range=24h"],
    ["The dead letter queue", "/api/webhooks/dlq?limit=10"],
    ["Dead letters by cause", "/api/dead-letters"],
    ["Replays", "/api/webhooks/replays?limit=10"],
    ["Destinations", "/api/destinations"],
    ["Sources", "/api/sources"],
    ["Search", "/api/search?q=evt"],
    ["The merchants' events", "/admin/webhooks/events?limit=10"],
    ["Notices", "/api/notices"],
  ].map(([name, path]) =>
    signedIn(`${name} can be read`, async ({ ask }) => {
      const { status, json } = await ask(String(path));
      must(status === 200 && json !== undefined, `it answers ${status}`);
      return "200";
    }),
  ),
  signedIn("No endpoint's circuit is open", async ({ ask }) => {
    const { json } = await ask("/api/destinations");
    const open = json.destinations.filter((one: { state: string }) => /open|disabled/.test(one.state));
    must(
      open.length === 0,
      `${open.map((one: { name: string; state: string }) => `${one.name} is ${one.state}`).join("; ")}: see Destinations`,
    );
    return `${json.destinations.length} destinations`;
  }),
  signedIn("Changes are told as they happen", async ({ url, authorization }) => {
    const response = await fetch(`${url}/api/live`, {
      headers: { ...(authorization && { authorization }) },
      signal: AbortSignal.timeout(10_000),
    });
    const type = response.headers.get("content-type") ?? "";
    const first = await response.body?.getReader().read();
    must(response.status === 200 && type.startsWith("text/event-stream"), `it answers ${response.status} ${type}`);
    must(first?.value !== undefined, "the stream says nothing");
    return "text/event-stream";
  }),
  {
    opens: ["write"],
    ...writes("A signed sample is stored before it is answered", async (desk) => {
      const { status, json } = await desk.ask(...samplePost("first"));
      must(status === 200 && json.event_id, refusedText(status, json));
      const { json: event } = await desk.ask(`/api/webhooks/events/${json.event_id}`);
      must(event.body_base64 === sampleOf("first").body.toString("base64"), "other bytes were stored");
      return json.event_id;
    }),
  },
  writes("The same again is a duplicate", async ({ ask }) => {
    const { status, json } = await ask(...samplePost("first"));
    must(status === 200 && json.duplicate === true, `it answers ${status}, duplicate ${json?.duplicate}`);
    return "duplicate";
  }),
  writes("A changed body is refused", async ({ ask }) => {
    const [path, init] = samplePost("tampered");
    const { status } = await ask(path, { ...init, body: `${init.body} ` });
    must(status === 400 || status === 401, `it answers ${status}`);
    return String(status);
  }),
  writes("The sample is processed", async ({ ask, waitMs }) => {
    const { json } = await ask(...samplePost("first"));
    const giveUpAt = Date.now() + waitMs;
    for (;;) {
      const { json: event } = await ask(`/api/webhooks/events/${json.event_id}`);
      if (["processed", "replayed", "ignored"].includes(event.status)) {
        must(
          event.status !== "ignored",
          "no destination wants it: start Redrive again, which writes the configured ones",
        );
        return event.status;
      }
      must(Date.now() < giveUpAt, `it is still "${event.status}" after ${waitMs / 1000} s: ${NO_WORKER}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }),
  writes("A dry run shows what a replay would do", async ({ ask }) => {
    const { key } = sampleOf("first");
    const body = JSON.stringify({ provider_slug: "stripe", event_keys: [key], dry_run: true, reason: "smoke" });
    const { status, json } = await ask("/api/webhooks/replay-bulk", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    // The check before has said why. Any other rejection is a failure.
    if (status === 409 && /being delivered/.test(json?.error ?? ""))
      throw new NotHere("the sample is not delivered yet");
    must(status === 200 || status === 202, `it answers ${status}: ${json?.error ?? ""}`);
    return String(status);
  }),
];

const NO_WORKER =
  "is a worker running? `npm start` has one unless WORKER_IN_SERVER is 0; else start `npm run worker`, or let a cron job call POST /api/internal/worker";

/** What to do about a sample that was not accepted. */
function refusedText(status: number, json: { error?: string; title?: string; reason?: string }): string {
  const said = `it answers ${status} ${json?.error ?? json?.title ?? json?.reason ?? ""}`.trim();
  if (status === 400 || status === 401) return `${said}: STRIPE_WEBHOOK_SECRET here is not the installation's`;
  if (status === 503) return `${said}: set STRIPE_WEBHOOK_SECRET there, and see what GET /api/health/deep says`;
  return IN_FRONT.has(status) ? `${said}: something in front of Redrive refuses it; let /api/webhooks/* pass` : said;
}

function open(name: string, run: Check["run"]): Check {
  return { name, need: "nothing", run };
}

function signedIn(name: string, run: Check["run"]): Check {
  return { name, need: "token", run };
}

function writes(name: string, run: Check["run"]): Check {
  return { name, need: "write", run };
}

function must(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

async function page(ask: Installation["ask"], path: string) {
  const { status, json } = await ask(path);
  must(status === 200, `it answers ${status}: ${json?.error ?? ""}`);
  return json;
}

async function anyEvent(ask: Installation["ask"]): Promise<string> {
  const { events } = await page(ask, "/api/webhooks/events?limit=1");
  if (!events[0]) throw new NotHere("there is no event yet");
  return events[0].id;
}

const PROVIDER: Sender = "stripe";
const made = new Map<string, Sample>();

/** Marked, so that it can be told from real ones: its key and its customer begin with `evt_smoke` and `cus_smoke`. */
function sampleOf(name: string): Sample {
  const known = made.get(name);
  if (known) return known;
  const id = randomUUID().replaceAll("-", "");
  const one = sample(PROVIDER, "customer.subscription.created", {
    key: `evt_smoke_${id}`,
    stripe: { customer: `cus_smoke_${id}` },
  });
  made.set(name, one);
  return one;
}

function samplePost(name: string): [string, RequestInit & { signedOut: boolean; body: string }] {
  const { body, id } = sampleOf(name);
  const { path, headers } = requestOf(PROVIDER, body, { secret: signingSecret(PROVIDER), id });
  const pairs = headers.map(([header, value]): [string, string] => [header, value]);
  return [path, { method: "POST", signedOut: true, headers: pairs, body: body.toString() }];
}
