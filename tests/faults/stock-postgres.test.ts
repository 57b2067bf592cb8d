/** The webhook server and the worker on the distribution's own Postgres, which JIT-compiles expensive statements. */
import http from "node:http";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpServer, type HttpServer } from "@/lib/boot/http";
import { closeDatabase } from "@/lib/db/client";
import { migrate } from "@/lib/db/migrate";
import { configureDestinations } from "@/lib/destinations/configure";
import { startWorker, type Worker } from "@/lib/pipeline/worker";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { sign, TEST_ENVIRONMENT } from "../fixtures/sign";
import { post } from "../support/load";
import { until } from "../support/processes";
import { findStockPostgres, type StockPostgres, startStockPostgres } from "../support/stock-postgres";

const CONNECTIONS = 32;
const REQUESTS = 8 * CONNECTIONS;

const found = findStockPostgres();
if ("missing" in found) console.log(`Skipped: ${found.missing}`);

describe.skipIf("missing" in found)("a stock Postgres with JIT", () => {
  let database: StockPostgres;
  let sql: postgres.Sql;
  let server: HttpServer;
  let worker: Worker;
  let port: number;

  beforeAll(async () => {
    database = await startStockPostgres("bin" in found ? found.bin : "");
    sql = postgres(database.url, { max: 1, onnotice: () => {} });
    await sql`create extension pg_stat_statements`;
    await migrate(database.url, () => {});
    Object.assign(process.env, TEST_ENVIRONMENT, { DATABASE_URL: database.url });
    await configureDestinations();
    server = createHttpServer(async (_request, response) => void response.writeHead(404).end());
    port = await server.listen(0);
    worker = startWorker();
    await sql`select pg_stat_statements_reset()`;
  });
  afterAll(async () => {
    await worker?.stop();
    await server?.drain(1_000);
    await closeDatabase();
    await sql?.end({ timeout: 1 });
    await database?.stop();
  });

  test("answers 503 to no webhook at 32 connections, because nothing is compiled on the way", async () => {
    const [jit] = await sql`select pg_jit_available() as available, current_setting('jit') as setting`;
    expect(jit).toEqual({ available: true, setting: "on" });

    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const url = new URL(`http://127.0.0.1:${port}/api/webhooks/stripe`);
    const heard = await Promise.all(
      Array.from({ length: REQUESTS }, (_, n) => {
        const body = Buffer.from(JSON.stringify(stripeEvent({ type: "invoice.payment_failed", id: `evt_jit_${n}` })));
        return post(url, body, sign("stripe", body) as [string, string][], agent);
      }),
    );
    agent.destroy();
    expect(heard.map((one) => (typeof one === "object" ? one.status : one))).toEqual(Array(REQUESTS).fill(200));

    await until("every event was worked on", async () => {
      const [left] = await sql`select count(*)::int as count from deliveries where status in ('pending', 'claimed')`;
      return left?.count === 0;
    });
    const compiled = await sql`select query from pg_stat_statements where jit_functions > 0`;
    expect(compiled.map((row) => row.query)).toEqual([]);
  });
});
