/** Who is compared by `npm run bench:endpoint`: all are started at once, and asked turn by turn. */

import { migrate } from "../../lib/db/migrate";
import { createDatabase } from "../../lib/db/throwaway";
import { startApp } from "../../tests/support/app";
import { APP_ENVIRONMENT } from "../../tests/support/processes";
import { findStockPostgres, startStockPostgres } from "../../tests/support/stock-postgres";
import { postmasterOf, startBenchCluster } from "./cluster";
import type { Trees } from "./cpu";
import { startPeer } from "./peer-process";
import { hasRedis, NO_REDIS, startRedis } from "./redis";

export const REDRIVE = "Redrive";
export const REDRIVE_STOCK = "Redrive on a stock Postgres with JIT";

export interface Contestant {
  name: string;
  url: string;
  /** `app`, and `store` for what keeps its data. */
  trees: Trees;
}

export interface Contestants {
  contestants: Contestant[];
  /** Of Postgres. */
  version: string;
  /** Who is not measured here, and why. */
  missing: string[];
  close(): Promise<void>;
}

/** Peers that write to a database of their own on Redrive's cluster. */
const ON_POSTGRES = {
  "minimal batched insert": "endpoint-minimal-batch",
  "Fastify + one insert": "endpoint-fastify",
  "pg-boss": "endpoint-pg-boss",
  "graphile-worker": "endpoint-graphile-worker",
} as const;

export async function openContestants(): Promise<Contestants> {
  const cluster = await startBenchCluster();
  const closes: (() => Promise<unknown>)[] = [() => cluster.remove()];
  const missing: string[] = [];
  const contestants: Contestant[] = [await redrive(REDRIVE, await cluster.redrive(), cluster.pid, closes)];
  for (const [name, file] of Object.entries(ON_POSTGRES)) {
    const env = { DATABASE_URL: await cluster.create(file.replaceAll("-", "_")) };
    contestants.push(await peer(name, file, env, { store: cluster.pid }, closes));
  }
  for (const fsync of hasRedis() ? (["everysec", "always"] as const) : []) {
    const redis = await startRedis(fsync);
    closes.push(redis.stop);
    const env = { REDIS_PORT: String(redis.port) };
    contestants.push(await peer(`BullMQ ${fsync}`, "endpoint-bullmq", env, { store: redis.pid }, closes));
  }
  if (!hasRedis()) missing.push(NO_REDIS);
  contestants.push(await peer("echo", "endpoint-echo", {}, {}, closes));
  const stock = findStockPostgres();
  if ("missing" in stock) missing.push(`${REDRIVE_STOCK}: not measured. ${stock.missing}`);
  else {
    const server = await startStockPostgres(stock.bin);
    closes.push(server.stop);
    const url = await createDatabase(server.url, "redrive");
    await migrate(url, () => {});
    contestants.push(await redrive(REDRIVE_STOCK, url, (await postmasterOf(server.url)).pid, closes));
  }
  return {
    contestants,
    version: cluster.version,
    missing,
    async close() {
      for (const one of closes.toReversed()) await one();
    },
  };
}

/** Without its worker: it would deliver while the others only keep. */
async function redrive(
  name: string,
  databaseUrl: string,
  store: number,
  closes: (() => Promise<unknown>)[],
): Promise<Contestant> {
  const app = await startApp({ env: { ...APP_ENVIRONMENT, DATABASE_URL: databaseUrl, WORKER_IN_SERVER: "0" } });
  closes.push(app.stop);
  return { name, url: app.url, trees: { app: app.pid, store } };
}

async function peer(
  name: string,
  file: string,
  env: Record<string, string>,
  trees: Trees,
  closes: (() => Promise<unknown>)[],
): Promise<Contestant> {
  const process = await startPeer(file, env);
  closes.push(process.stop);
  return { name, url: `http://127.0.0.1:${process.port}`, trees: { app: process.pid, ...trees } };
}
