/**
 * A destination that leads back to Redrive, over a relay as people build them: each event would become the next one, for
 * ever. It ends after three rounds, and the delivery says why.
 */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standardEvent } from "@/lib/providers/standard/sample";
import { bodyOf, nextId } from "@/lib/samples/ids";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { type RunningApp, startApp } from "../support/app";
import { post } from "../support/load";
import { APP_ENVIRONMENT, connectTo, tokenFor, until } from "../support/processes";

let app: RunningApp;
let sql: postgres.Sql;
let ask: Ask;
let relay: Server;
let relayed: IncomingHttpHeaders[];

beforeAll(async () => {
  app = await startApp({ env: APP_ENVIRONMENT });
  sql = await connectTo(app.dataDir);
  ask = asker(app.url, await tokenFor("super_admin"));
  relay = createServer(async (request, response) => {
    relayed.push(request.headers);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    // Names and signs anew, as some relays do, and passes on the rest as it came. A retry has the same name.
    const signed = sign("standard", body, { id: `${request.url}:${request.headers["webhook-id"]}` });
    const { host: _, ...kept } = request.headers;
    const headers = { ...kept, ...Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value])) };
    const answer = await fetch(`${app.url}/api/webhooks/standard`, {
      method: "POST",
      headers: withoutConnection(headers),
      body: new Uint8Array(body),
    });
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
}, 400_000);

afterAll(async () => {
  relay?.close();
  await sql?.end({ timeout: 2 });
  await app?.stop();
}, 60_000);

const relayUrl = () => `http://127.0.0.1:${(relay.address() as AddressInfo).port}/hook`;

function withoutConnection(headers: IncomingHttpHeaders): [string, string][] {
  const own = new Set(["connection", "content-length", "transfer-encoding", "accept-encoding"]);
  return Object.entries(headers).flatMap(([name, value]) => (own.has(name) ? [] : [[name, String(value)]]));
}

/** Creates a destination that receives the events of `type`. */
const leadsTo = (url: string, type: string) =>
  ask("POST", "/api/destinations", { name: `To ${type}`, url, providers: ["standard"], event_types: [type] });

async function sendEvent(type: string, ...more: [string, string][]): Promise<number> {
  const body = bodyOf({ ...standardEvent(), type });
  const headers = [...sign("standard", body, { id: nextId("msg") }), ...more] as [string, string][];
  const answer = await post(new URL("/api/webhooks/standard", app.url), body, headers);
  if (typeof answer === "string") throw new Error(answer);
  return answer.status;
}

const deliveries = (type: string) => sql<
  { status: string; last_error_class: string | null; last_error: string | null }[]
>`
  select d.status, d.last_error_class, d.last_error from deliveries d join events e on e.id = d.event_id
  where e.event_type = ${type} order by e.id`;

const settled = async (type: string) => (await deliveries(type)).every(({ status }) => /delivered|dead/.test(status));

describe("a destination that leads back to Redrive over a relay", () => {
  test("ends after three rounds, dead at once with the reason", async () => {
    relayed = [];
    expect((await leadsTo(relayUrl(), "loop.one")).status).toBe(201);
    expect(await sendEvent("loop.one")).toBe(200);
    await until(
      "the loop has ended",
      async () => (await deliveries("loop.one")).length === 4 && settled("loop.one"),
      60_000,
    );
    const all = await deliveries("loop.one");
    expect(all.map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered", "dead"]);
    expect(all[3]).toMatchObject({
      last_error_class: "delivery_loop",
      last_error: expect.stringMatching(
        /^This event came back to Redrive 3 times: the destination to-loop-one-\w+ leads to one of our endpoints\.$/,
      ),
    });
    expect([...new Set(relayed.map((headers) => headers["redrive-hops"]))]).toEqual(["1", "2", "3"]);
    const [row] = await sql`
      select count(*)::int as attempts from attempts a join deliveries d on d.id = a.delivery_id
      where d.last_error_class = 'delivery_loop'`;
    expect(row?.attempts).toBe(1);
  });

  test("beside another one doubles no longer than that: 15 events and no more", async () => {
    relayed = [];
    for (const name of ["first", "second"]) {
      expect((await leadsTo(`${relayUrl()}/${name}`, "loop.two")).status).toBe(201);
    }
    expect(await sendEvent("loop.two")).toBe(200);
    const events = async () => (await sql`select 1 from events where event_type = 'loop.two'`).length;
    await until(
      "both loops have ended",
      async () => (await events()) === 15 && (await deliveries("loop.two")).length === 30 && settled("loop.two"),
      90_000,
    );
    expect((await deliveries("loop.two")).filter(({ status }) => status === "dead")).toHaveLength(16);
  });
});

describe("redrive-hops from a sender", () => {
  test.each([
    ["99", "dead"],
    ["3", "dead"],
    ["1, 3", "dead"],
    ["99999999999999999999999999", "dead"],
    ["2", "delivered"],
    ["", "delivered"],
    ["-1", "delivered"],
    ["three", "delivered"],
    ["1e9", "delivered"],
  ])("%j: the event is kept, and its delivery is %s", async (hops, expected) => {
    const type = `hops.h${Buffer.from(hops).toString("hex")}`;
    const sink = createServer((request, response) => request.resume().on("end", () => response.writeHead(200).end()));
    await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
    const made = await leadsTo(`http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, type);
    expect(made.status).toBe(201);
    expect(await sendEvent(type, ["redrive-hops", hops])).toBe(200);
    await until("it is settled", async () => (await deliveries(type)).length === 1 && settled(type), 30_000);
    expect((await deliveries(type))[0]?.status).toBe(expected);
    sink.close();
  });
});

describe("a destination whose URL is one of our own endpoints", () => {
  const port = () => new URL(app.url).port;
  test.each([
    () => `http://127.0.0.1:${port()}/api/webhooks/standard`,
    () => `http://localhost:${port()}/api/webhooks/mitto/token`,
    () => `http://127.0.0.2:${port()}/api//webhooks/stripe/`,
    () => `http://127.0.0.1:${port()}/api/%77ebhooks/stripe`,
    () => `http://127.0.0.1:${port()}/api/stripe/webhook?x=1`,
    () => `http://127.0.0.1:${port()}/api/events`,
  ])("is refused when it is saved (%#)", async (url) => {
    const answer = await leadsTo(url(), "own.endpoint");
    expect(answer).toMatchObject({
      status: 400,
      body: { field: "url", title: "The URL is one of Redrive's own endpoints." },
    });
  });

  test("is refused when it is changed to one, and custom headers cannot set the count", async () => {
    const made = await leadsTo(relayUrl(), "own.changed");
    const url = `http://127.0.0.1:${port()}/api/webhooks/standard`;
    const changed = await ask("PATCH", `/api/destinations/${made.body.destination.id}`, { url });
    expect(changed).toMatchObject({ status: 400, body: { field: "url" } });
    const counted = await ask("PATCH", `/api/destinations/${made.body.destination.id}`, {
      headers: { "Redrive-Hops": "0" },
    });
    expect(counted).toMatchObject({ status: 400, body: { field: "headers" } });
  });

  test("may be another path of this machine", async () => {
    expect((await leadsTo(`http://127.0.0.1:${port()}/elsewhere`, "own.other")).status).toBe(201);
  });
});

test("a test of an endpoint carries the count, too, so that it cannot start a loop", async () => {
  relayed = [];
  const answer = await ask("POST", "/api/admin/webhooks/test-endpoint", { url: relayUrl() });
  expect(answer.status).toBe(200);
  expect(relayed[0]?.["redrive-hops"]).toBe("1");
});
