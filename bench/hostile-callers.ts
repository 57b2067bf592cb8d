/**
 * The hostile callers of `npm run bench:hostile`, one kind per process, so that what a caller costs itself is not measured
 * as the server's. A kind runs until its time is over and prints how often it heard which answer.
 *
 *   node --import tsx bench/hostile-callers.ts <kind> <url> <seconds>
 *
 * Long because it is the list of the kinds, each with what it sends.
 */
import { randomUUID } from "node:crypto";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { heyreachEvent } from "../lib/providers/heyreach/sample";
import { requestOf } from "../tests/fixtures/sign";
import { addDestination } from "../tests/support/endpoint";

const MIB = 1024 * 1024;
/** Four times the genuine traffic. */
const FLOOD_PER_SECOND = 200;
/** A caller that hears nothing for so long gives up. */
const PATIENCE_MS = 20_000;
/** After its time a caller ends what it has begun, for so long at most. */
const ENDS_WITHIN_MS = 15_000;
/** One core less for an attacker's own work: over a network it would have none of ours. */
const POLITENESS = 10;

interface Caller {
  url: string;
  /** False once the time is over. */
  goOn(): boolean;
  heard(answer: number | string): void;
}

type Kind = (caller: Caller) => Promise<unknown>;

export const KINDS: Readonly<Record<string, Kind>> = {
  "60 MB of nested JSON": (caller) => nested(caller, 60),
  "300 MB of nested JSON": (caller) => nested(caller, 300),
  "60 abandoned searches": abandonedSearches,
  "120 password guesses": passwordGuesses,
  "webhooks to wrong paths": wrongPaths,
  "forged signatures": forgedSignatures,
  "4 hanging endpoints": (caller) => hangingEndpoints(caller, 4),
  "40 hanging endpoints": (caller) => hangingEndpoints(caller, 40),
  "32 bodies of 1 MiB": largeBodies,
  "an event of 4,600 changes": manyChanges,
  "500 slow senders": slowSenders,
  "400 live streams": liveStreams,
};

/** To every route that reads a body before anybody has signed in, one after the other. */
async function nested(caller: Caller, megabytes: number): Promise<void> {
  const routes = ["/api/invitations/accept", "/api/auth/callback/credentials", "/sign-in"];
  const piece = Buffer.from('{"a":['.repeat(MIB / 8));
  for (let turn = 0; caller.goOn(); turn += 1) {
    const path = routes[turn % routes.length] as string;
    const headers = { "content-type": "application/json", "content-length": String(megabytes * MIB) };
    await send(caller, { method: "POST", path, headers }, (request) => {
      let left = megabytes * MIB;
      const more = (): void => {
        while (left > 0 && !request.destroyed) {
          const part = piece.subarray(0, Math.min(left, piece.length));
          left -= part.length;
          if (!request.write(part)) return void request.once("drain", more);
        }
        request.end();
      };
      more();
    });
    await pause(100);
  }
}

async function abandonedSearches(caller: Caller): Promise<void> {
  const headers = { authorization: `Bearer ${process.env.BENCH_TOKEN}` };
  for (let turn = 0; caller.goOn(); turn += 1) {
    const searches = Array.from({ length: 60 }, (_, n) => {
      const path = `/api/webhooks/events?text=nothing-has-this-${turn}-${n}&limit=100`;
      return send(caller, { path, headers, givesUpAfterMs: 1_000 });
    });
    await Promise.all(searches);
    await pause(1_000);
  }
}

async function passwordGuesses(caller: Caller): Promise<void> {
  const first = await fetch(`${caller.url}/api/auth/csrf`);
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const headers = { cookie, "content-type": "application/x-www-form-urlencoded" };
  for (let turn = 0; caller.goOn(); turn += 1) {
    const guesses = Array.from({ length: 120 }, (_, n) => {
      const form = { csrfToken, email: "admin@redrive.local", password: `guess ${turn} ${n} of many`, json: "true" };
      const body = Buffer.from(new URLSearchParams(form).toString());
      return send(caller, { method: "POST", path: "/api/auth/callback/credentials", headers, body });
    });
    await Promise.all(guesses);
    await pause(100);
  }
}

function wrongPaths(caller: Caller): Promise<void> {
  const paths = ["/webhooks/stripe", "/API/WEBHOOKS/STRIPE", "/api/webhook/stripe", "/stripe/webhook", "/hooks/telnyx"];
  const body = Buffer.from(JSON.stringify({ id: "evt_astray", type: "invoice.paid" }));
  const headers = { "content-type": "application/json" };
  return flood(caller, (n) => ({ method: "POST", path: paths[n % paths.length] as string, headers, body }));
}

function forgedSignatures(caller: Caller): Promise<void> {
  const providers = ["stripe", "telnyx", "chatwoot", "standard", "shopify"] as const;
  return flood(caller, (n) => {
    const event = { id: `evt_${randomUUID()}`, type: "invoice.paid", n };
    return signed(requestOf(providers[n % providers.length] as "stripe", event, { id: randomUUID(), tampered: true }));
  });
}

/** Each endpoint accepts connections and never answers; each gets five events a second at first, later its share of 20. */
async function hangingEndpoints(caller: Caller, count: number): Promise<void> {
  const sql = postgres(process.env.BENCH_DATABASE_URL as string, { max: 1, onnotice: () => {} });
  const server = net.createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  const slug = `hang-${randomUUID().slice(0, 8)}`;
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    for (let n = 0; n < count; n += 1) {
      const settings = { providers: ["standard"], event_types: [`${slug}.${n}`], timeout_ms: 10_000 };
      await addDestination(sql, `${slug}-${n}`, target, settings as never);
    }
    const event = (n: number) => send(caller, standardEvent({ type: `${slug}.${n % count}`, data: { n } }));
    await Promise.all(Array.from({ length: Math.max(60, count) }, (_, n) => event(n)));
    for (let n = 0; caller.goOn(); n += 1) {
      void event(n);
      await pause(50);
    }
  } finally {
    // What still waits must not reach into the next turn.
    await sql`update destinations set enabled = false, disabled_at = now() where slug like ${`${slug}-%`}`;
    await sql`update deliveries d set status = 'cancelled', finished_at = now() from destinations t
      where t.id = d.destination_id and t.slug like ${`${slug}-%`} and d.status in ('pending', 'retrying', 'held')`;
    server.close();
    await sql.end({ timeout: 1 });
  }
}

async function largeBodies(caller: Caller): Promise<void> {
  const pad = "x".repeat(MIB - 200);
  while (caller.goOn()) {
    const bodies = Array.from({ length: 32 }, (_, n) => standardEvent({ type: "large.body", n, pad }));
    await Promise.all(bodies.map((one) => send(caller, one)));
    await pause(1_500);
  }
}

/** A conversation of 4,599 messages, and its lead: one event, so many rows. */
async function manyChanges(caller: Caller): Promise<void> {
  while (caller.goOn()) {
    const recent_messages = Array.from({ length: 4_598 }, (_, n) => ({
      creation_time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
      is_reply: n % 2 === 0,
      message: `message ${n}`,
    }));
    const body = { recent_messages, conversation_id: randomUUID() };
    const event = heyreachEvent({ type: "message_sent", correlationId: randomUUID(), body });
    await send(caller, signed(requestOf("heyreach", event)));
    await pause(2_500);
  }
}

/** 300 whose headers never end, and 200 who send a byte of their body each second. */
async function slowSenders(caller: Caller): Promise<void> {
  const { hostname, port } = new URL(caller.url);
  const slowly = async (start: string) => {
    while (caller.goOn()) {
      const socket = net.connect({ host: hostname, port: Number(port) });
      const ended = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      socket.once("data", (answer) => caller.heard(Number(/^HTTP\/1.1 (\d+)/.exec(answer.toString("latin1"))?.[1])));
      socket.write(start);
      const drip = setInterval(() => (caller.goOn() ? socket.write("a") : socket.destroy()), 1_000);
      await ended;
      clearInterval(drip);
    }
  };
  const head = "POST /api/webhooks/stripe HTTP/1.1\r\nHost: desk.test\r\n";
  const body = `${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
  await Promise.all(Array.from({ length: 500 }, (_, n) => slowly(n < 300 ? `${head}X-Slow: ` : body)));
}

async function liveStreams(caller: Caller): Promise<void> {
  const headers = { authorization: `Bearer ${process.env.BENCH_TOKEN}` };
  const streams = Array.from({ length: 400 }, () => {
    const request = http.get(new URL("/api/live", caller.url), { headers, agent: false }, (response) => {
      caller.heard(response.statusCode ?? 0);
      response.on("error", () => {}).resume();
    });
    return request.on("error", () => {});
  });
  while (caller.goOn()) await pause(100);
  for (const stream of streams) stream.destroy();
}

interface Request {
  method?: string;
  path: string;
  headers: http.OutgoingHttpHeaders;
  body?: Buffer;
  givesUpAfterMs?: number;
}

function standardEvent(event: unknown): Request {
  return signed(requestOf("standard", event, { id: randomUUID() }));
}

function signed(request: ReturnType<typeof requestOf>): Request {
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name, value]));
  return { method: request.method, path: request.path, headers, body: request.body };
}

async function flood(caller: Caller, next: (n: number) => Request): Promise<void> {
  const started = performance.now();
  for (let n = 0; caller.goOn(); n += 1) {
    void send(caller, next(n));
    const early = started + (n * 1000) / FLOOD_PER_SECOND - performance.now();
    if (early > 0) await pause(early);
  }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
/** Requests without an answer so far. */
let underWay = 0;

/** One request; its status, or why there is none, is heard. Never rejects. */
function send(
  caller: Caller,
  { path, body, givesUpAfterMs, ...rest }: Request,
  write?: (to: http.ClientRequest) => void,
) {
  return new Promise<void>((resolve) => {
    let answered = false;
    underWay += 1;
    const request = http.request(new URL(path, caller.url), { agent, ...rest }, (response) => {
      answered = true;
      caller.heard(response.statusCode ?? 0);
      response.on("error", () => {}).resume();
      response.once("close", resolve);
    });
    let reason = "";
    const giveUp = setTimeout(() => {
      reason = "given up";
      request.destroy();
    }, givesUpAfterMs ?? PATIENCE_MS);
    // Refused while it is still being sent: the answer was heard, or the connection is gone.
    request.once("error", (error: NodeJS.ErrnoException) => {
      if (!answered) caller.heard(reason || (error.code ?? "broken"));
    });
    request.once("close", () => {
      underWay -= 1;
      clearTimeout(giveUp);
      resolve();
    });
    if (write) write(request);
    else request.end(body);
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function main([name = "", url = "", seconds = "10"]: string[]): Promise<void> {
  os.setPriority(POLITENESS);
  const kind = KINDS[name];
  if (!kind) throw new Error(`No kind is called ${name}.`);
  const answers: Record<string, number> = {};
  const end = performance.now() + Number(seconds) * 1000;
  const heard = (answer: number | string) => {
    answers[answer] = (answers[answer] ?? 0) + 1;
  };
  // What is under way may end, so that a server that reads everything is seen to do so; what hangs is left hanging.
  const over = new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000 + ENDS_WITHIN_MS));
  await Promise.race([kind({ url, goOn: () => performance.now() < end, heard }), over]);
  if (underWay > 0) answers["no answer yet"] = underWay;
  console.log(JSON.stringify(answers));
  process.exit(0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv.slice(2));
