/** Who is compared by `npm run bench:pipeline`. Each has a database of its own on one cluster. */
import type postgres from "postgres";
import { openDesk, send } from "../../tests/support/desk";
import { startWorkerProcess, type WorkerProcess } from "../../tests/support/worker";
import { type Contest, openContest } from "./contest";
import type { Trees } from "./cpu";
import { hasRedis, NO_REDIS } from "./redis";
import { eventOf } from "./requests";

export const ONE_WORKER = "Redrive, one worker";
export const TWO_WORKERS = "Redrive, two workers";

const ON_POSTGRES = [
  ["graphile-worker", "drain-graphile-worker", "each"],
  ["pg-boss", "drain-pg-boss", "each"],
  ["pg-boss, acknowledged in batches", "drain-pg-boss", "batches"],
] as const;

/** Webhooks that are accepted at a time while a backlog is made: the batches of a busy endpoint. */
const FILL_AT_ONCE = 64;

export interface Contestant {
  name: string;
  fill(events: number): Promise<unknown>;
  start(): Promise<unknown>;
  left(): Promise<number>;
  stop(): Promise<unknown>;
  trees(): Trees;
}

export async function openWorkers() {
  const contest = await openContest();
  const { cluster, close } = contest;
  const desk = await openDesk();
  contest.closes.push(desk.close);
  const contestants = [redrive(ONE_WORKER, 1, desk.sql, cluster.pid), redrive(TWO_WORKERS, 2, desk.sql, cluster.pid)];
  for (const [name, file, acknowledge] of ON_POSTGRES) {
    const env = { DATABASE_URL: await cluster.create(`${file}_${acknowledge}`), ACKNOWLEDGE: acknowledge };
    contestants.push(await peer(contest, name, file, env, { store: cluster.pid }));
  }
  if (hasRedis()) {
    const redis = await contest.redis("everysec");
    const env = { ...redis.env, DATABASE_URL: await cluster.create("bullmq") };
    const trees = { store: cluster.pid, redis: redis.pid };
    contestants.push(await peer(contest, "BullMQ + upsert", "drain-bullmq", env, trees));
  }
  return {
    contestants,
    version: cluster.version,
    missing: hasRedis() ? [] : [NO_REDIS],
    close,
  };
}

/** The events of one Redrive; the workers are started for each backlog. */
export function redrive(
  name: string,
  count: number,
  sql: postgres.Sql,
  store: number,
  databaseUrl = process.env.DATABASE_URL as string,
): Contestant {
  let workers: WorkerProcess[] = [];
  return {
    name,
    fill: fillRedrive,
    async start() {
      const env = { DATABASE_URL: databaseUrl };
      workers = await Promise.all(Array.from({ length: count }, () => startWorkerProcess(env)));
    },
    async left() {
      const [row] = await sql`
        select count(*)::int as count from deliveries where status in ('pending', 'retrying', 'claimed')`;
      return row?.count;
    },
    stop: () => Promise.all(workers.map((worker) => worker.stop())),
    trees: () => ({ ...Object.fromEntries(workers.map(({ pid }, n) => [n === 0 ? "app" : `app ${n}`, pid])), store }),
  };
}

let made = 0;

/** Accepts events through the pipeline of this process, as the endpoint does. Returns their ids' prefix and count. */
export async function fillRedrive(events: number): Promise<void> {
  const created = Math.floor(Date.now() / 1000);
  const end = made + events;
  await Promise.all(
    Array.from({ length: FILL_AT_ONCE }, async () => {
      while (made < end) {
        const n = made++;
        const { status } = await send("stripe", eventOf(`evt_bench_${process.pid}_${n}`, n, created));
        if (status !== 200) throw new Error(`An event of the backlog was answered ${status}.`);
      }
    }),
  );
}

async function peer(
  contest: Contest,
  name: string,
  file: string,
  env: Record<string, string>,
  store: Trees,
): Promise<Contestant> {
  const { process, trees } = await contest.peer(file, env, store);
  let filled = 0;
  return {
    name,
    fill(events) {
      filled = events;
      return process.ask({ fill: events });
    },
    start: () => process.ask({ start: true }),
    left: async () => filled - (await process.ask<{ done: number }>({ done: true })).done,
    stop: () => process.ask({ stop: true }),
    trees: () => trees,
  };
}
