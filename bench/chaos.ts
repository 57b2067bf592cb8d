/**
 * What do faults cost? While 100 webhooks a second arrive, the worker is killed, the server's backends are terminated, every
 * connection of the pools waits for a lock, or Postgres is killed and recovers. Throughput and p99 before, during and after,
 * and whether each acknowledged event was stored and applied. Senders here do not retry: what is refused stays refused.
 *
 *   npm run bench:chaos [-- --seconds 15 --rate 100]
 */
import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import { startApp } from "../tests/support/app";
import { killPostgres } from "../tests/support/postgres-tree";
import { APP_ENVIRONMENT, connectTo, until } from "../tests/support/processes";
import { startWorkerProcess, type WorkerProcess } from "../tests/support/worker";
import { type Heard, prepareLoad } from "./support/generator";
import { numbersFrom } from "./support/options";
import { muteLog } from "./support/quiet";
import { atLeast, atMost, type Goal, number, quantile, report } from "./support/report";

const CONNECTIONS = 32;
/** How long a supervisor takes to start a worker again. */
const RESTART_MS = 1_000;
const LOCK_MS = 3_000;
/** The lease of a killed worker's deliveries, and the work that has waited meanwhile. */
const DRAIN_MS = 180_000;
const PHASES = ["before", "during", "after"] as const;

const { seconds, rate } = numbersFrom({ seconds: 15, rate: 100 });
muteLog();
const app = await startApp({ env: { ...APP_ENVIRONMENT, WORKER_IN_SERVER: "0" } });
const sql = await connectTo(app.dataDir);
let worker: WorkerProcess = await startWorkerProcess({ DATA_DIR: app.dataDir });
const rows: string[][] = [];
const goals: Goal[] = [];
try {
  await cell("kill the worker", async () => {
    await worker.kill();
    await sleep(RESTART_MS);
    worker = await startWorkerProcess({ DATA_DIR: app.dataDir });
  });
  await cell("kill every backend", async () => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  });
  await cell("exhaust the pools", () =>
    sql.begin(async (tx) => {
      await tx`lock table deliveries in access exclusive mode`;
      await sleep(LOCK_MS);
    }),
  );
  await cell("kill Postgres, which restarts", async () => killPostgres(app.dataDir));
} finally {
  await worker.stop();
  await sql.end({ timeout: 1 });
  await app.stop();
}
report({
  title: `Faults while ${rate} webhooks a second arrive`,
  head: ["fault", "phase", "2xx/s", "refused or no answer", "answer p99 ms", "applied p99 ms"],
  rows,
  goals,
  notes: [
    `${seconds} s each; the fault comes at the beginning of "during". A killed worker's leases end after a minute.`,
  ],
});

/** One load over all three phases, with the fault at the beginning of the second. */
async function cell(name: string, fault: () => Promise<unknown>): Promise<void> {
  const load = prepareLoad({ url: app.url, connections: CONNECTIONS, seconds: 3 * seconds, rate });
  await load.ready;
  const startedAt = Date.now();
  const sending = load.start();
  await sleep(seconds * 1000);
  await fault();
  const { heard } = await sending;
  const keys = heard.filter(isAccepted).map(({ id }) => id);
  await until("every acknowledged event is applied", async () => (await appliedAt(keys)).size === keys.length, DRAIN_MS)
    // The goal below says how many are missing.
    .catch(() => {});
  const applied = await appliedAt(keys);
  const phaseOf = ({ at }: Heard) => PHASES[Math.min(2, Math.floor((at - startedAt) / (seconds * 1000)))];
  for (const phase of PHASES)
    rows.push([
      name,
      phase,
      ...told(
        heard.filter((one) => phaseOf(one) === phase),
        applied,
      ),
    ]);
  const after = heard.filter((one) => phaseOf(one) === "after" && isAccepted(one)).length / seconds;
  goals.push(
    atMost(`${name}: acknowledged and not applied`, 0, keys.length - applied.size),
    atLeast(`${name}: 2xx/s after it`, 0.95 * rate, after, "/s"),
  );
  console.log(`${name}: ${keys.length} of ${heard.length} acknowledged`);
}

function told(heard: Heard[], applied: Map<string, number>): string[] {
  const accepted = heard.filter(isAccepted);
  const times = accepted.flatMap(({ id, at }) => (applied.has(id) ? [(applied.get(id) as number) - at] : []));
  return [
    number(accepted.length / seconds),
    String(heard.length - accepted.length),
    number(
      quantile(
        accepted.map(({ ms }) => ms),
        0.99,
      ),
    ),
    number(quantile(times, 0.99)),
  ];
}

function isAccepted({ status }: Heard): boolean {
  return status >= 200 && status < 300;
}

/** When each was applied, in milliseconds since 1970, by its key. */
async function appliedAt(keys: string[]): Promise<Map<string, number>> {
  const found: postgres.Row[] = await sql`
    select e.event_key as key, extract(epoch from d.finished_at) * 1000 as at
    from unnest(${keys}::text[]) k(key)
    join event_keys h on h.provider = 'stripe' and h.key_hash = sha256(convert_to(k.key, 'UTF8'))
    join events e on e.id = h.event_id
    join deliveries d on d.event_id = e.id and d.status = 'delivered'`;
  return new Map(found.map(({ key, at }) => [key, Number(at)]));
}
