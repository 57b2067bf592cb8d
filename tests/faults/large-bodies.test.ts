/** Large webhooks: all are stored while the database is well, in bounded memory, and none keeps a small one waiting. */
import http from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpServer, type HttpServer } from "@/lib/boot/http";
import { readBody } from "@/lib/pipeline/read-body";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { sign } from "../fixtures/sign";
import { type Desk, openDesk } from "../support/desk";
import { post } from "../support/load";
import { alone } from "../support/machine";
import { converse, head } from "../support/raw-http";

const CONNECTIONS = 32;
const MB = 1024 * 1024;

let desk: Desk;
let server: HttpServer;
let url: URL;

beforeAll(async () => {
  desk = await openDesk();
  server = createHttpServer(async (_request, response) => void response.writeHead(404).end());
  url = new URL(`http://127.0.0.1:${await server.listen(0)}/api/webhooks/stripe`);
});
afterAll(async () => {
  await server.drain(1_000);
  await desk.close();
});

test("128 webhooks of 1 MiB at 32 connections are all stored: 100 of them were answered 503", async () => {
  await alone();
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const sendOne = async (id: string) => {
    const body = padded(id, MB);
    const answer = await post(url, body, sign("stripe", body) as [string, string][], agent);
    return typeof answer === "object" ? answer.status : answer;
  };
  const count = 4 * CONNECTIONS;
  // How many fit into a sender's patience is the machine's: a 503 is sent again, as a sender does. bench:large has the shares.
  let waiting = Array.from({ length: count }, (_, n) => `evt_large_${n}`);
  for (let round = 0; waiting.length > 0 && round < 20; round += 1) {
    const heard = await Promise.all(waiting.map(sendOne));
    expect(heard.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const later = waiting.filter((_, n) => heard[n] === 503);
    // Each round stores some, on the slowest machine too: none would be an endpoint that large bodies stop.
    expect(later.length).toBeLessThan(waiting.length);
    waiting = later;
  }
  agent.destroy();
  expect(waiting).toEqual([]);
  const [row] =
    await desk.sql`select count(*)::int as count, min(octet_length(coalesce(raw_body, dense_body))) as bytes from event_bodies`;
  expect(row?.bytes).toBe(MB);
  // One that was answered 503 may have been stored all the same: sent again it is a duplicate.
  expect(row?.count).toBe(count);
});

test("32 bodies of 10 MiB at once: each hears 200 or 503 in time, never more than the room and one is held", async () => {
  // As for a provider with a larger cap: the cap is the reader's, the memory limit is the process's.
  let held = 0;
  let most = 0;
  const receiver = http.createServer(async (request, response) => {
    const read = await readBody(request, 25 * MB);
    if (read.end !== "complete") {
      response.writeHead(503, { "retry-after": "5", connection: "close" }).end();
      return;
    }
    held += read.body.length;
    most = Math.max(most, held);
    // Being stored.
    await new Promise((resolve) => setTimeout(resolve, 100));
    held -= read.body.length;
    read.release();
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as { port: number };
  const body = Buffer.alloc(10 * MB, "x");
  const statuses = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => post(new URL(`http://127.0.0.1:${port}/`), body, [])),
  );
  receiver.closeAllConnections();
  receiver.close();
  // A rejected sender may be cut off before it has sent everything.
  const ends = statuses.map((answer) => (typeof answer === "object" ? answer.status : answer));
  expect(ends.filter((end) => end !== 200 && end !== 503 && end !== "unknown")).toEqual([]);
  expect(ends.filter((end) => end === 200).length).toBeGreaterThan(3);
  expect(most).toBeLessThanOrEqual((12 + 10) * MB);
});

test("senders that stall in the middle of large bodies keep neither a small nor a large webhook out", async () => {
  const stalled = Array.from({ length: 40 }, (_, n) => {
    const body = padded(`evt_stalled_${n}`, MB);
    const start = [head("/api/webhooks/stripe", [...sign("stripe", body), ["Content-Length", String(MB)]])];
    return converse(url.href, [...start, body.subarray(0, MB - 10), 40_000], 60_000);
  });
  const small = padded("evt_small", 1_000);
  expect(await post(url, small, sign("stripe", small) as [string, string][])).toMatchObject({ status: 200 });
  const large = padded("evt_beside", MB);
  const answer = await post(url, large, sign("stripe", large) as [string, string][]);
  expect([200, 503]).toContain(typeof answer === "object" ? answer.status : answer);
  await Promise.all(stalled);
  // Their connections are gone, and so is the memory they used.
  const after = padded("evt_after", MB);
  expect(await post(url, after, sign("stripe", after) as [string, string][])).toMatchObject({ status: 200 });
});

/** A Stripe event of so many bytes, in text that does not compress to nothing. */
function padded(id: string, bytes: number): Buffer {
  const event = JSON.stringify(stripeEvent({ type: "invoice.payment_failed", id })).slice(0, -1);
  const missing = Math.max(0, bytes - event.length - '"pad":""},'.length);
  let pad = "";
  for (let n = 0; pad.length < missing; n += 1) pad += `${(n * 2_654_435_761) % 4_294_967_296},`;
  return Buffer.from(`${event},"pad":"${pad.slice(0, missing)}"}`);
}
