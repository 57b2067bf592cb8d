/** Who is compared by `npm run bench:endpoint`: all are started at once, and asked turn by turn. */

import { migrate } from "../../lib/db/migrate";
import { createDatabase } from "../../lib/db/throwaway";
import { startApp } from "../../tests/support/app";
import { APP_ENVIRONMENT } from "../../tests/support/processes";
import { findStockPostgres, startStockPostgres } from "../../tests/support/stock-postgres";
import { postmasterOf } from "./cluster";
import { type Contest, openContest } from "./contest";
import type { Trees } from "./cpu";
import { hasRedis, NO_REDIS } from "./redis";

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
  const contest = await openContest();
  const { cluster, closes, close } = contest;
  const missing: string[] = [];
  const contestants: Contestant[] = [await redrive(REDRIVE, await cluster.redrive(), cluster.pid, closes)];
  for (const [name, file] of Object.entries(ON_POSTGRES)) {
    const env = { DATABASE_URL: await cluster.create(file.replaceAll("-", "_")) };
    contestants.push(await peer(contest, name, file, env, { store: cluster.pid }));
  }
  for (const fsync of hasRedis() ? (["everysec", "always"] as const) : []) {
    const { pid, env } = await contest.redis(fsync);
    contestants.push(await peer(contest, `BullMQ ${fsync}`, "endpoint-bullmq", env, { store: pid }));
  }
  if (!hasRedis()) missing.push(NO_REDIS);
  contestants.push(await peer(contest, "echo", "endpoint-echo", {}, {}));
  const stock = findStockPostgres();
  if ("missing" in stock) missing.push(`${REDRIVE_STOCK}: not measured. ${stock.missing}`);
  else {
    const server = await startStockPostgres(stock.bin);
    closes.push(server.stop);
    const url = await createDatabase(server.url, "redrive");
    await migrate(url, () => {});
    contestants.push(await redrive(REDRIVE_STOCK, url, (await postmasterOf(server.url)).pid, closes));
  }
  return { contestants, version: cluster.version, missing, close };
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
  contest: Contest,
  name: string,
  file: string,
  env: Record<string, string>,
  store: Trees,
): Promise<Contestant> {
  const { process, trees } = await contest.peer(file, env, store);
  return { name, url: `http://127.0.0.1:${process.port}`, trees };
}
