/**
 * Many hostile senders at once on the wire, and what genuine ones notice of it. One app on a database of its own.
 * Long because its senders share one app and what watches it.
 */
import { readFileSync } from "node:fs";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Hex } from "@/lib/providers/hmac";
import { bodyOf } from "@/lib/samples/ids";
import { sample } from "../../lib/samples";
import { requestOf, sign } from "../fixtures/sign";
import { answer, type Endpoint, startEndpoint } from "../support/hostile";
import { post } from "../support/load";
import { alone } from "../support/machine";
import { tokenFor, until } from "../support/processes";
import { converse, head } from "../support/raw-http";
import { openApp, type SharedApp } from "../support/shared-app";

const MIB = 1024 * 1024;
const PATH = "/api/webhooks/stripe";

let app: SharedApp;
let canary: Endpoint;

beforeAll(async () => {
  canary = await startEndpoint(answer("200 OK"), "127.0.0.2");
  app = await openApp();
  for (let n = 0; n < 20; n += 1) await genuine();
}, 300_000);

afterAll(async () => {
  await app?.close();
  await canary?.close();
});

interface Genuine {
  key: string;
  status: number;
  milliseconds: number;
}

async function genuine(): Promise<Genuine> {
  const { key, body } = sample("stripe", "invoice.payment_succeeded");
  const started = performance.now();
  const heard = await post(new URL(PATH, app.url), body, [...sign("stripe", body)] as [string, string][]);
  return { key, status: typeof heard === "string" ? 0 : heard.status, milliseconds: performance.now() - started };
}

/** One after the other, until `over` is true and there are enough. */
async function genuineUntil(over: () => boolean, atLeast = 40): Promise<Genuine[]> {
  const sent: Genuine[] = [];
  while (sent.length < atLeast || !over()) sent.push(await genuine());
  return sent;
}

const statuses = (sent: { status: number }[]) => [...new Set(sent.map(({ status }) => status))];

function memory(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${app.pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Samples twenty times a second; `end` returns the maximum. */
function sampleMemory() {
  let peak = memory();
  const look = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 50).unref();
  return {
    end() {
      clearInterval(look);
      return peak;
    },
  };
}

async function storedOnce(keys: string[]): Promise<void> {
  const rows = await app.sql`select event_key from events where event_key in ${app.sql(keys)}`;
  expect(rows.map(({ event_key }) => event_key).sort()).toEqual([...keys].sort());
}

test("300 senders whose headers never end and 200 with slow bodies keep nobody else waiting, and are let go [A2] [A3]", async () => {
  await alone();
  const { hostname, port } = new URL(app.url);
  let open = 0;
  const start = `POST ${PATH} HTTP/1.1\r\nHost: desk.test\r\n`;
  const sockets = Array.from({ length: 500 }, (_, n) => {
    const socket = net.connect({ host: hostname, port: Number(port) });
    open += 1;
    socket.on("error", () => {}).resume();
    socket.on("close", () => {
      open -= 1;
      clearInterval(drip);
    });
    socket.write(n < 300 ? `${start}X-Slow: ` : `${start}Content-Length: 900\r\n\r\n{`);
    const drip = setInterval(() => socket.write("a"), 1_000);
    return socket;
  });
  const started = performance.now();
  const sent = await genuineUntil(() => open === 0);
  const lasted = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  expect(statuses(sent)).toEqual([200]);
  // With a frozen server each would take seconds.
  expect(Math.max(...sent.map(({ milliseconds }) => milliseconds))).toBeLessThan(3_000);
  expect(lasted).toBeLessThan(30_000);
});

test("60 MB in chunks are refused while they stream, cost no memory and are not stored [A6]", async () => {
  const before = memory();
  const sampled = sampleMemory();
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(MIB, "["), Buffer.from("\r\n")]);
  const steps = [head(PATH, [["Transfer-Encoding", "chunked"]]), ...Array.from({ length: 60 }, () => chunk)];
  const answers = await Promise.all(Array.from({ length: 4 }, () => converse(app.url, steps, 60_000)));
  const peak = sampled.end();
  // Four at once may be more than there is room for.
  for (const { status } of answers) expect([413, 503]).toContain(status);
  expect(peak - before).toBeLessThan(120);
  expect((await genuine()).status).toBe(200);
});

describe("unusual but right requests", () => {
  const stripe = () => {
    const { key, body } = sample("stripe", "invoice.payment_failed");
    return {
      key,
      body,
      headers: [...sign("stripe", body), ["Content-Length", String(body.length)]] as [string, string][],
    };
  };

  test("of HTTP/1.0 are stored [A8]", async () => {
    const { key, body, headers } = stripe();
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const { status } = await converse(app.url, [`POST ${PATH} HTTP/1.0\r\n${lines}\r\n`, body]);
    expect(status).toBe(200);
    await storedOnce([key]);
  });

  test("ten sent at once on one connection are ten events [A8]", async () => {
    const ten = Array.from({ length: 10 }, stripe);
    const wire = Buffer.concat(ten.flatMap(({ body, headers }) => [Buffer.from(head(PATH, headers)), body]));
    await converse(app.url, [wire]);
    const keys = ten.map(({ key }) => key);
    await until("all ten are stored", async () => {
      const [row] = await app.sql`select count(*)::int as n from events where event_key in ${app.sql(keys)}`;
      return row?.n === 10;
    });
  });

  test("whose sender hangs up before the answer are stored, and a duplicate when they are sent again [A9]", async () => {
    const { key, body, headers } = stripe();
    await converse(app.url, [head(PATH, headers), body, 5, "hang up"]);
    await until("it is stored", async () => (await app.sql`select from events where event_key = ${key}`).length === 1);
    const again = await post(new URL(PATH, app.url), body, [...sign("stripe", body)] as [string, string][]);
    expect(again).toMatchObject({ status: 200, body: expect.stringContaining('"duplicate":true') });
  });
});

test("an absolute target with an upgrade connects nowhere, and is not served [A15]", async () => {
  for (const target of [
    `http://127.0.0.2:${canary.port}/`,
    `http://127.0.0.2:${canary.port}/api/webhooks/stripe`,
    `ws://127.0.0.2:${canary.port}/`,
  ]) {
    for (const headers of [
      [
        ["Connection", "Upgrade"],
        ["Upgrade", "websocket"],
        ["Sec-WebSocket-Version", "13"],
        ["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="],
      ],
      [["Connection", "close"]],
    ] as [string, string][][]) {
      const { status, body } = await converse(app.url, [head(target, headers, "GET")]);
      expect(status === undefined || status >= 300, `${target} ${status}`).toBe(true);
      expect(body).not.toContain("200 OK");
    }
  }
  const connect = await converse(app.url, [`CONNECT 127.0.0.2:${canary.port} HTTP/1.1\r\nHost: a\r\n\r\n`]);
  expect(connect.status === undefined || connect.status >= 400).toBe(true);
  expect(canary.connections).toBe(0);
});

test("2,000 forgeries write a bounded number of rows, are all counted, and genuine ones get in beside them [G1]", async () => {
  await alone();
  let answered = 0;
  const forge = async () => {
    for (let n = 0; n < 100; n += 1) {
      const { path, headers, body } = requestOf("stripe", { id: `evt_forged_${n}`, type: "x" }, { tampered: true });
      const heard = await post(new URL(path, app.url), body, [...headers] as [string, string][]);
      expect(heard).toMatchObject({ status: expect.toSatisfy((status: number) => [400, 401, 429].includes(status)) });
      answered += 1;
    }
  };
  const [sent] = await Promise.all([genuineUntil(() => answered >= 1_990), ...Array.from({ length: 20 }, forge)]);
  expect(statuses(sent)).toEqual([200]);
  const [row] =
    await app.sql`select count(*)::int as n from rejections where provider = 'stripe' and reason = 'bad_signature'`;
  expect(row?.n).toBeLessThanOrEqual(200);
  expect(await app.sql`select from events where event_key like 'evt_forged_%'`).toHaveLength(0);
});

test("a signed flood is stored or refused with a time to come back, each event wholly [G3]", async () => {
  await alone();
  const flood = await Promise.all(
    Array.from({ length: 40 }, async (_, client) => {
      const heard: { key: string; status: number; retryAfter: boolean }[] = [];
      for (let n = 0; n < 15; n += 1) {
        const { key, body } = sample("stripe", "invoice.payment_succeeded");
        const headers = sign("stripe", body) as [string, string][];
        const response = await fetch(new URL(PATH, app.url), { method: "POST", headers, body: new Uint8Array(body) });
        await response.arrayBuffer();
        heard.push({ key, status: response.status, retryAfter: response.headers.has("retry-after") });
      }
      return { client, heard };
    }),
  );
  const heard = flood.flatMap((one) => one.heard);
  for (const { status, retryAfter } of heard)
    expect(status === 200 || ([429, 503].includes(status) && retryAfter)).toBe(true);
  const taken = heard.filter(({ status }) => status === 200).map(({ key }) => key);
  expect(taken.length).toBeGreaterThan(heard.length / 2);
  const rows = await app.sql`
    select e.event_key, count(d.id)::int as deliveries from events e left join deliveries d on d.event_id = e.id
    where e.event_key in ${app.sql(heard.map(({ key }) => key))} group by 1`;
  const known = new Map(rows.map((row) => [row.event_key, row.deliveries]));
  for (const key of taken) expect([key, known.get(key)]).toEqual([key, 1]);
});

test("200 bodies of 1 MiB at once stay within memory: each is stored, or refused so that it is sent again [G4]", async () => {
  await alone();
  const sampled = sampleMemory();
  const pad = "x".repeat(MIB - 300);
  const heard = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const body = bodyOf({ type: "large.body", n, pad });
      const headers = sign("standard", body, { id: `msg_large_${n}` }) as [string, string][];
      const answer = await post(new URL("/api/webhooks/standard", app.url), body, headers);
      return { n, sha: sha256Hex(body), status: typeof answer === "string" ? answer : answer.status };
    }),
  );
  const peak = sampled.end();
  const stored = heard.filter(({ status }) => status === 200);
  console.log(`${stored.length} of 200 stored, memory at most ${Math.round(peak)} MB`);
  // 408, or a broken connection, for requests that a busy machine could not send in time.
  for (const { status } of heard) expect([200, 408, 503, "unknown"]).toContain(status);
  const rows = await app.sql`
    select event_key, encode(body_sha256, 'hex') as sha from events where event_key like 'msg_large_%'`;
  const known = new Map(rows.map((row) => [row.event_key, row.sha]));
  for (const { n, sha } of stored) expect(known.get(`msg_large_${n}`)).toBe(sha);
  expect(peak).toBeLessThan(1_000);
});

test("200 readers at once do not keep webhooks out [F28]", async () => {
  await alone();
  const authorization = `Bearer ${await tokenFor("viewer")}`;
  let answered = 0;
  const readers = Promise.all(
    Array.from({ length: 200 }, async () => {
      const response = await fetch(`${app.url}/api/webhooks/events?limit=100&count=1`, { headers: { authorization } });
      await response.arrayBuffer();
      answered += 1;
      return response.status;
    }),
  );
  const sent = await genuineUntil(() => answered === 200);
  for (const status of await readers) expect([200, 408, 429, 503]).toContain(status);
  for (const { status } of sent) expect([200, 503]).toContain(status);
  const taken = sent.filter(({ status }) => status === 200);
  console.log(`${taken.length} of ${sent.length} taken beside 200 readers`);
  expect(taken.length / sent.length).toBeGreaterThan(0.9);
  expect(app.output()).not.toContain("too many clients");
});
