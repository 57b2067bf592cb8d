/**
 * Connections that deliveries use again: never for another use, host, policy or setting, and never once the addresses of the
 * host have changed. Two endpoints listen on one port, on 127.0.0.1 and 127.0.0.2.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { POLICIES } from "@/lib/outbound/policies";
import { type DnsServer, startDnsServer } from "../support/dns-server";
import { type Endpoint, startEndpoint } from "../support/hostile";
import { answerWith, ask, perRequest, told } from "../support/kept";
import { until } from "../support/processes";

const [HERE, THERE] = ["127.0.0.1", "127.0.0.2"];
let dns: DnsServer;
let here: Endpoint;
let there: Endpoint;
let addresses: string[] = [HERE];
let open = 0;

beforeAll(async () => {
  const behave = (text: string) =>
    perRequest((socket, _body, number) => {
      if (number === 1) open += 1;
      if (number === 1) socket.once("close", () => (open -= 1));
      socket.write(answerWith(text));
    });
  here = await startEndpoint(behave("here"), HERE);
  there = await startEndpoint(behave("there"), THERE, here.port);
  dns = await startDnsServer(() => addresses);
  process.env.EGRESS_DNS_SERVERS = dns.address;
});

beforeEach(async () => {
  addresses = [HERE];
  await until("connections of the test before are closed", () => open === 0);
  here.connections = there.connections = 0;
});

afterAll(async () => {
  dns?.close();
  await Promise.all([here, there].map((one) => one?.close()));
  delete process.env.EGRESS_DNS_SERVERS;
});

const urlOf = (name: string) => `http://${name}.example.test:${here.port}/hook`;
const first = () => ask(urlOf("a"));

test("twenty requests in a row use one connection, also to other paths", async () => {
  for (let n = 0; n < 20; n += 1) expect(told(await ask(`${urlOf("a")}/${n}`))).toBe("here");
  expect(here.connections).toBe(1);
  expect(dns.asked.filter((name) => name === "a.example.test").length).toBeGreaterThanOrEqual(20);
});

describe("a connection is not used for", () => {
  test.each([
    ["another use", () => ask(urlOf("a"), { keptFor: "other" })],
    ["another host with the same address", () => ask(urlOf("b"))],
    ["the address itself", () => ask(`http://${HERE}:${here.port}/`)],
    ["a test, which looks at the connection, too", () => ask(urlOf("a"), { inspect: true })],
    ["another policy", () => ask(urlOf("a"), { policy: POLICIES.providerApi })],
    ["other networks", () => ask(urlOf("a"), { egress: { EGRESS_ALLOW_PRIVATE: `${HERE}/32` } })],
  ])("%s [S06]", async (_name, other) => {
    await first();
    expect(told(await other())).toBe("here");
    expect(here.connections).toBe(2);
    await first();
    expect(here.connections).toBe(2);
  });
});

describe("once the addresses have changed", () => {
  const only = { egress: { EGRESS_ALLOW_PRIVATE: `${HERE}/32` } };

  test("the connection to the address before is not used [S06]", async () => {
    await first();
    addresses = [THERE];
    expect(told(await first())).toBe("there");
    addresses = [HERE, THERE];
    expect(told(await first())).toBe("here");
    expect([here.connections, there.connections]).toEqual([2, 1]);
  });

  test("an address inside is refused, alone and beside the good one, and never reached [S04] [S06]", async () => {
    expect(told(await ask(urlOf("a"), only))).toBe("here");
    for (const answer of [[THERE], [HERE, THERE], [THERE], [HERE, THERE]]) {
      addresses = answer;
      expect(told(await ask(urlOf("a"), only))).toBe("blocked_address");
    }
    expect([here.connections, there.connections]).toEqual([1, 0]);
  });
});

test("a network that is no longer allowed is not reached over a kept connection, which then ends [S06]", async () => {
  await first();
  expect(told(await ask(urlOf("a"), { egress: { EGRESS_ALLOW_PRIVATE: "" } }))).toBe("blocked_address");
  expect(here.requests.at(-1)?.match(/POST/g)).toHaveLength(1);
  await until("it is closed", () => open === 0, 3_000);
});

test("a connection that is never idle is replaced within a minute", async () => {
  const realNow = performance.now.bind(performance);
  await first();
  performance.now = () => realNow() + 61_000;
  try {
    await first();
    await first();
  } finally {
    performance.now = realNow;
  }
  expect(here.connections).toBe(2);
});
