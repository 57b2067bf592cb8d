/**
 * Host names against us: a name that is public for the check and internal for the connection (DNS rebinding), and servers
 * that answer wrongly, late or never. The canary listens on 127.0.0.2, on the port of the public endpoint on 127.0.0.1.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAndStartReplay } from "@/lib/commands/replays";
import { checkDestinationUrl } from "@/lib/destinations/policy";
import { testEndpoint } from "@/lib/destinations/test-endpoint";
import { environment } from "@/lib/env";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { NOT_PUBLIC } from "@/lib/outbound/url";
import { ada } from "../support/actor";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { type DnsAnswer, type DnsServer, startDnsServer } from "../support/dns-server";
import { attemptsOf, deliverTo } from "../support/endpoint-desk";
import { answer, type Endpoint, startEndpoint } from "../support/hostile";

const PUBLIC = "127.0.0.1";
const INTERNAL = "127.0.0.2";

let desk: Desk;
let dns: DnsServer;
/** The public endpoint. It always asks for a retry, so that retries are tested, too. */
let endpoint: Endpoint;
let canary: Endpoint;
let turn = 0;

beforeAll(async () => {
  endpoint = await startEndpoint(answer("500 Oops"), PUBLIC);
  canary = await startEndpoint(answer("200 OK"), INTERNAL, endpoint.port);
  dns = await startDnsServer(answerTo);
  desk = await openDesk({ EGRESS_ALLOW_PRIVATE: `${PUBLIC}/32`, EGRESS_DNS_SERVERS: dns.address });
});

afterAll(async () => {
  dns?.close();
  await Promise.all([endpoint, canary].map((one) => one?.close()));
  await desk?.close();
  delete process.env.EGRESS_DNS_SERVERS;
});

function answerTo(name: string): DnsAnswer {
  if (name.startsWith("rebind")) return [[PUBLIC], [INTERNAL]][turn++ % 2] as string[];
  if (name.startsWith("both")) return [PUBLIC, INTERNAL];
  if (name.startsWith("silent")) return "silence";
  if (name.startsWith("broken")) return "SERVFAIL";
  return name.startsWith("good") ? [PUBLIC] : "NXDOMAIN";
}

const urlOf = (name: string) => `http://${name}.example.test:${endpoint.port}/hook`;
const ask = (name: string, timeoutMs = 4_000) =>
  sendRequest(POLICIES.destination, { url: urlOf(name), headers: {}, body: Buffer.from("{}"), timeoutMs });

describe("a name that changes between the check and the connection never leads inside", () => {
  test("the canary does answer whoever is let in", async () => {
    const inside = {
      url: `http://${INTERNAL}:${canary.port}/`,
      headers: {},
      body: Buffer.from("{}"),
      timeoutMs: 2_000,
    };
    expect(
      (await sendRequest(POLICIES.destination, inside, { ...environment(), EGRESS_ALLOW_PRIVATE: "127.0.0.0/8" }))
        .failure,
    ).toBeNull();
    expect(canary.connections).toBe(1);
    canary.connections = 0;
  });

  test("when it is delivered, retried and replayed [S04] [S05]", async () => {
    // Each event has a destination of its own, so that failures do not add up.
    for (let batch = 0; batch < 12; batch += 1) {
      const options = { maxAttempts: 2, baseDelayMs: 1 };
      await Promise.all(Array.from({ length: 20 }, () => deliverTo(desk, urlOf("rebind"), options)));
      await workUntilIdle();
    }
    await createAndStartReplay(
      {
        kind: "criteria",
        selection: { filter: { provider_slug: ["standard"] } },
        options: { skipAlreadyApplied: false },
        reason: "rebinding",
      },
      ada,
    );
    await workUntilIdle();

    const kinds = await desk.sql<{ kind: string; error_class: string; count: number }[]>`
      select case when replay_id is not null then 'replay' when number = 1 then 'delivery' else 'retry' end as kind,
        error_class::text, count(*)::int from attempts group by 1, 2 order by 1, 2`;
    console.log(kinds.map((row) => `${row.kind} ${row.error_class} ${row.count}`).join(", "));
    // Both answers occurred on each of the three paths.
    expect(kinds.map((row) => `${row.kind} ${row.error_class}`)).toEqual(
      ["delivery", "replay", "retry"].flatMap((kind) => [`${kind} blocked_address`, `${kind} http_5xx`].sort()),
    );
    expect(canary.connections).toBe(0);
  });

  test("when it is tested and when it is saved [S04] [S05]", async () => {
    const url = urlOf("rebind");
    const tests = await Promise.all(Array.from({ length: 200 }, () => testEndpoint({ url })));
    expect(new Set(tests.map((result) => result.error_class))).toEqual(new Set(["blocked_address", "http_5xx"]));
    const saved = await Promise.all(
      Array.from({ length: 200 }, () => checkDestinationUrl(url, environment().EGRESS_ALLOW_PRIVATE)),
    );
    expect(new Set(saved)).toEqual(new Set([null, NOT_PUBLIC]));
    expect(canary.connections).toBe(0);
  });

  test("in 1,000 requests and more, and not when one of two addresses is internal [S04]", async () => {
    for (let batch = 0; batch < 10; batch += 1) await Promise.all(Array.from({ length: 50 }, () => ask("rebind")));
    const both = await Promise.all(Array.from({ length: 50 }, () => ask("both")));
    for (const { failure } of both) expect(failure).toEqual({ class: "blocked_address", message: NOT_PUBLIC.title });
    const asked = dns.asked.filter((name) => name.startsWith("rebind")).length;
    console.log(`${asked} look-ups, ${endpoint.connections} connections outside, ${canary.connections} inside`);
    expect(asked).toBeGreaterThan(1_000);
    expect(endpoint.connections).toBeGreaterThan(asked / 3);
    expect(canary.connections).toBe(0);
  });
});

test("no connection is used for a second request, so none outlives the check of its address [S06]", async () => {
  const before = endpoint.connections;
  for (let n = 0; n < 20; n += 1) await ask("good");
  expect(endpoint.connections - before).toBe(20);
});

describe("what a name server gets wrong is dns, and tried again [F31]", () => {
  test.concurrent.each(["nowhere", "broken", "silent"])("%s", async (name) => {
    const event = await deliverTo(desk, urlOf(name));
    await workUntilIdle();
    const [attempt] = await attemptsOf(desk, event);
    expect(attempt).toMatchObject({
      status: "failed",
      error_class: "dns",
      http_status: null,
      delivery_status: "retrying",
    });
    expect(attempt?.error).toBe(`The host name of ${name}.example.test:${endpoint.port} could not be resolved.`);
    expect(attempt?.duration_ms).toBeLessThan(5_500);
  });
});

test("F31: names that nobody answers for hold up nobody else [F31]", async () => {
  let waiting = 40;
  const silent = Array.from({ length: waiting }, (_, n) =>
    ask(`silent${n}`).finally(() => {
      waiting -= 1;
    }),
  );
  const times: number[] = [];
  for (let n = 0; n < 25; n += 1) {
    const started = performance.now();
    expect((await ask("good")).failure?.class).toBe("http_5xx");
    times.push(performance.now() - started);
  }
  expect(waiting).toBe(40);
  console.log(`p95 beside 40 silent names: ${times.sort((a, b) => a - b)[23]?.toFixed(1)} ms`);
  for (const { failure } of await Promise.all(silent)) expect(failure?.class).toBe("dns");
});
