/** Postgres frozen, and Postgres dead. Nothing restarts it, so the outage lasts as long as the test wants. */
import { chmodSync, mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPostgres, startPostgres } from "../../lib/db/embedded";
import { removeWhenWeDie } from "../../lib/db/throwaway";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { alone } from "../support/machine";
import { freezePostgres, killPostgres, thawPostgres } from "../support/postgres-tree";
import { APP_ENVIRONMENT, until } from "../support/processes";

/** Senders are promised three seconds. The endpoint gives up after 2.3 s; more than three here is for a busy machine. */
const PROMISED_MS = 4_500;

let dataDir: string;
let cluster: RunningPostgres;
let app: RunningApp;
let sql: postgres.Sql;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), "redrive-faults-"));
  chmodSync(dataDir, 0o711);
  removeWhenWeDie(dataDir);
  cluster = await startPostgres(dataDir);
  app = await startApp({ env: { ...APP_ENVIRONMENT, DATABASE_URL: cluster.url } });
  sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
}, 300_000);

afterAll(async () => {
  await sql?.end({ timeout: 2 });
  await app?.stop();
  await cluster?.stop();
}, 60_000);

function event() {
  const { key, body } = sample("stripe", "invoice.payment_failed");
  return {
    async send() {
      const started = performance.now();
      const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
      const target = `${app.url}/api/webhooks/stripe`;
      const response = await fetch(target, { method: "POST", headers, body: new Uint8Array(body) });
      const text = await response.text();
      return {
        status: response.status,
        retryAfter: response.headers.get("retry-after"),
        milliseconds: performance.now() - started,
        answer: JSON.parse(text),
      };
    },
    async rows() {
      return (await sql`select from events where event_key = ${key}`).length;
    },
  };
}

async function expectUnavailable(events: ReturnType<typeof event>[]): Promise<void> {
  for (const heard of await Promise.all(events.map((one) => one.send()))) {
    expect(heard.status).toBe(503);
    expect(Number(heard.retryAfter)).toBeGreaterThan(0);
    expect(heard.milliseconds).toBeLessThan(PROMISED_MS);
    expect(heard.answer).toMatchObject({ status: 503 });
  }
}

async function expectRecovery(events: ReturnType<typeof event>[]): Promise<void> {
  await until("the database is back", async () => (await event().send()).status === 200, 30_000);
  for (const one of events) {
    expect((await one.send()).status).toBe(200);
    expect(await one.rows()).toBe(1);
  }
  await until(
    "the worker has delivered what waited",
    async () => {
      const [row] = await sql`select count(*)::int as open from deliveries where status <> 'delivered'`;
      return row?.open === 0;
    },
    90_000,
  );
  // It counts the last minutes, in which webhooks were rejected.
  await until("health is green", async () => (await health()).body.status === "healthy", 60_000);
}

async function health() {
  const started = performance.now();
  const response = await fetch(`${app.url}/api/webhooks/health`);
  return { status: response.status, body: await response.json(), milliseconds: performance.now() - started };
}

const burst = () => Array.from({ length: 20 }, event);

describe("with a frozen Postgres", { timeout: 600_000 }, () => {
  test("webhooks are answered 503 in three seconds, and are one row once it thaws and they are sent again [F08] [F18]", async () => {
    await alone();
    const events = burst();
    expect((await event().send()).status).toBe(200);
    freezePostgres(dataDir);
    try {
      await expectUnavailable(events);
      // The second wave meets connections that already hang, and queues that are not empty.
      await expectUnavailable(events);
    } finally {
      thawPostgres(dataDir);
    }
    await expectRecovery(events);
  });

  test("the health is red and says why, and APIs answer 503 instead of hanging [F08]", async () => {
    await alone();
    freezePostgres(dataDir);
    try {
      // A cached health answer is valid for one second.
      await until("the health is red", async () => (await health()).body.status === "unhealthy");
      const read = await health();
      expect(read).toMatchObject({ status: 503, body: { status: "unhealthy", database: { reachable: false } } });
      expect(read.milliseconds).toBeLessThan(PROMISED_MS);
    } finally {
      thawPostgres(dataDir);
    }
    await until("the health is green again", async () => (await health()).status === 200);
  });
});

describe("with a dead Postgres", { timeout: 600_000 }, () => {
  test("webhooks are answered 503 at once, the process lives, and all is well after a restart [F06]", async () => {
    await alone();
    const events = burst();
    killPostgres(dataDir);
    await expectUnavailable(events);
    await until("the health is red", async () => (await health()).body.status === "unhealthy");
    // Long enough for every pool, timer and retry to notice the outage.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await expectUnavailable(events);
    expect(() => process.kill(app.pid, 0)).not.toThrow();

    cluster = await startPostgres(dataDir);
    await expectRecovery(events);
  });
});
