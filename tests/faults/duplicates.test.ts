/** The same request, a thousand times at once, through every way in: two server processes, and the App Router's route. */
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sample } from "../../lib/samples";
import { type Signer, sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { post } from "../support/load";
import { APP_ENVIRONMENT, connectTo, databaseUrlOf } from "../support/processes";

const REQUESTS = 1_000;
const CONNECTIONS = 50;

let first: RunningApp;
let second: RunningApp;
let sql: postgres.Sql;

beforeAll(async () => {
  first = await startApp({ env: APP_ENVIRONMENT });
  const secrets = JSON.parse(readFileSync(path.join(first.dataDir, "secrets.json"), "utf8"));
  const DATABASE_URL = await databaseUrlOf(first.dataDir);
  second = await startApp({ env: { ...secrets, ...APP_ENVIRONMENT, DATABASE_URL } });
  Object.assign(process.env, APP_ENVIRONMENT, { DATABASE_URL });
  sql = await connectTo(first.dataDir);
}, 300_000);

afterAll(async () => {
  const { closeDatabase } = await import("@/lib/db/client");
  await closeDatabase();
  await sql?.end({ timeout: 2 });
  await second?.stop();
  await first?.stop();
}, 60_000);

type Heard = { status: number; body: string };

/** Sends the same request again and again, `connections` at a time. */
async function flood(count: number, connections: number, request: (n: number) => Promise<Heard>): Promise<Heard[]> {
  const heard: Heard[] = [];
  let next = 0;
  const connection = async () => {
    while (next < count) heard.push(await request(next++));
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return heard;
}

/** One row, one delivery, a 2xx for every request, and exactly one that says it was the first. */
async function expectOnce(key: string, heard: Heard[]): Promise<void> {
  expect(heard.map(({ status }) => status)).toEqual(heard.map(() => 200));
  const answers = heard.map(({ body }) => JSON.parse(body));
  expect(answers.filter((answer) => answer.duplicate === false)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.event_id)).size).toBe(1);
  const rows = await sql`
    select duplicate_count, conflict_count, (select count(*)::int from deliveries d where d.event_id = e.id) as deliveries
    from events e where event_key = ${key}`;
  expect(rows).toEqual([{ duplicate_count: heard.length - 1, conflict_count: 0, deliveries: 1 }]);
}

const providers: [Signer, string][] = [
  ["stripe", "invoice.payment_succeeded"],
  ["telnyx", "call.initiated"],
  ["chatwoot", "message_created"],
];

test.each(providers)(
  "1,000 equal %s requests over 50 connections to two servers are one event [F10] [B13]",
  async (provider, type) => {
    const { key, body } = sample(provider, type);
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS / 2 });
    const headers = sign(provider, body, { id: key }) as [string, string][];
    const heard = await flood(REQUESTS, CONNECTIONS, async (n) => {
      const { url } = n % 2 ? first : second;
      const answer = await post(new URL(`/api/webhooks/${provider}`, url), body, headers, agent);
      return typeof answer === "string" ? { status: 0, body: "{}" } : answer;
    });
    agent.destroy();
    await expectOnce(key, heard);
  },
);

test("the App Router's route and the server's own lane are one door", async () => {
  const { POST } = await import("@/app/api/webhooks/[provider]/route");
  const { key, body } = sample("stripe", "customer.subscription.updated");
  const headers = sign("stripe", body) as [string, string][];
  const heard = await flood(REQUESTS, CONNECTIONS, async (n) => {
    const url = new URL("/api/webhooks/stripe", first.url);
    if (n % 2) {
      const answer = await post(url, body, headers);
      return typeof answer === "string" ? { status: 0, body: "{}" } : answer;
    }
    const response = await POST(new Request(url, { method: "POST", headers, body: new Uint8Array(body) }));
    return { status: response.status, body: await response.text() };
  });
  await expectOnce(key, heard);
});
