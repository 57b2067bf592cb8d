/** Deliveries over kept connections, and what a last try and another host's certificate are owed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority, createCertificate } from "../support/certificates";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { type DnsServer, startDnsServer } from "../support/dns-server";
import { attemptsOf, deliverTo } from "../support/endpoint-desk";
import { startTlsEndpoint } from "../support/hostile";
import { answerWith, perRequest, startTalk } from "../support/kept";
import { startWorkerProcess } from "../support/worker";

let desk: Desk;
let dns: DnsServer;

beforeAll(async () => {
  dns = await startDnsServer(() => ["127.0.0.1"]);
  desk = await openDesk({ EGRESS_DNS_SERVERS: dns.address });
});

afterAll(async () => {
  dns?.close();
  await desk?.close();
  delete process.env.EGRESS_DNS_SERVERS;
});

test("events of one destination share connections, and each request is an attempt", async () => {
  const { endpoint } = await startTalk();
  const event = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/`);
  await workUntilIdle();
  const [{ event_type } = { event_type: "" }] = await desk.sql`select event_type from events where id = ${event}`;
  for (let n = 0; n < 10; n += 1) {
    await send("standard", { type: event_type, data: { n } });
    await workUntilIdle();
  }
  const [{ count } = { count: 0 }] = await desk.sql`select count(*)::int from attempts where status = 'succeeded'`;
  expect(count).toBe(11);
  expect(endpoint.connections).toBeLessThan(6);
  await endpoint.close();
});

test("a certificate is checked for each host, though both are behind one address [E18]", async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-kept-"));
  const authority = createAuthority("Redrive Test Authority");
  writeFileSync(path.join(directory, "ca.pem"), authority.cert);
  const certificate = createCertificate({ names: ["a.example.test"], issuer: authority });
  const endpoint = await startTlsEndpoint(
    certificate,
    perRequest((socket) => socket.write(answerWith("ok"))),
  );
  const worker = await startWorkerProcess({ NODE_EXTRA_CA_CERTS: path.join(directory, "ca.pem") });
  try {
    const secure = (name: string) => `https://${name}.example.test:${endpoint.port}/`;
    const event = await deliverTo(desk, secure("a"));
    expect((await attemptsOf(desk, event))[0]).toMatchObject({ status: "succeeded" });
    const [row] = await desk.sql`select e.event_type as type, d.destination_id as id from deliveries d
      join events e on e.id = d.event_id where d.event_id = ${event}`;
    const again = async () => (await attemptsOf(desk, eventIdIn(await send("standard", { type: row?.type }))))[0];
    expect(await again()).toMatchObject({ status: "succeeded" });
    const before = endpoint.connections;
    await desk.sql`update destinations set url = ${secure("b")} where id = ${row?.id}`;
    expect(await again()).toMatchObject({ status: "failed", error_class: "tls" });
    expect(endpoint.connections).toBe(before + 1);
  } finally {
    await worker.stop();
    await endpoint.close();
    rmSync(directory, { recursive: true });
  }
});

test("a last try opens its own connection, so that no end of a kept one is final", async () => {
  const { endpoint } = await startTalk();
  const url = `http://127.0.0.1:${endpoint.port}/`;
  const event = await deliverTo(desk, url, { maxAttempts: 1 });
  await workUntilIdle();
  const [row] = await desk.sql`select event_type as type from events where id = ${event}`;
  for (let n = 1; n < 5; n += 1) {
    await send("standard", { type: row?.type, data: { n } });
    await workUntilIdle();
  }
  expect(endpoint.connections).toBe(5);
  await endpoint.close();
});
