/** The app on the distribution's own Postgres, which compiles statements that look dear. */
import http from "node:http";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripeEvent } from "@/lib/samples/stripe";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { post } from "../support/load";
import { APP_ENVIRONMENT, tokenFor, until } from "../support/processes";
import { findStockPostgres, type StockPostgres, startStockPostgres } from "../support/stock-postgres";

const CONNECTIONS = 32;
const REQUESTS = 8 * CONNECTIONS;

const found = findStockPostgres();
if ("missing" in found) console.log(`Skipped: ${found.missing}`);

describe.skipIf("missing" in found)("a stock Postgres with JIT", () => {
  let server: StockPostgres;
  let app: RunningApp;
  let sql: postgres.Sql;

  beforeAll(async () => {
    server = await startStockPostgres("bin" in found ? found.bin : "");
    sql = postgres(server.url, { max: 1, onnotice: () => {} });
    await sql`create extension pg_stat_statements`;
    app = await startApp({
      env: { ...APP_ENVIRONMENT, DATABASE_URL: server.url, PUBLIC_URL: "http://127.0.0.1:3000" },
    });
    await sql`select pg_stat_statements_reset()`;
  });
  afterAll(async () => {
    await app?.stop();
    await sql?.end({ timeout: 1 });
    await server?.stop();
  });

  test("answers 503 to no webhook at 32 connections, because nothing is compiled on the way", async () => {
    const [jit] = await sql`select pg_jit_available() as available, current_setting('jit') as setting`;
    expect(jit).toEqual({ available: true, setting: "on" });

    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const url = new URL("/api/webhooks/stripe", app.url);
    const heard = await Promise.all(
      Array.from({ length: REQUESTS }, (_, n) => {
        const body = Buffer.from(
          JSON.stringify(stripeEvent({ type: "invoice.payment_succeeded", id: `evt_jit_${n}` })),
        );
        return post(url, body, sign("stripe", body).map(([name, value]) => [name, value]) as [string, string][], agent);
      }),
    );
    agent.destroy();
    expect(heard.map((one) => (typeof one === "object" ? one.status : one))).toEqual(Array(REQUESTS).fill(200));

    const headers = { authorization: `Bearer ${await tokenFor("super_admin")}` };
    for (const page of ["events?text=evt_jit", "analytics", "health", "dlq", "replays"]) {
      expect((await fetch(new URL(`/api/webhooks/${page}`, app.url), { headers })).status).toBe(200);
    }
    await until("every event was worked on", async () => {
      const [left] = await sql`select count(*)::int as count from deliveries where status in ('pending', 'claimed')`;
      return left?.count === 0;
    });
    const compiled = await sql`select query from pg_stat_statements where jit_functions > 0`;
    expect(compiled.map((row) => row.query)).toEqual([]);
  });
});
