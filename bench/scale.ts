/**
 * What does a desk with 10,000,000 events cost more than an empty one? Endpoint and pipeline take turns on an empty database
 * and on a full one of the same cluster; then every first page, search, count and preview is read from the full one.
 *
 *   npm run bench:scale [-- --events 10000000 --seconds 10 --rounds 3]
 */
import postgres from "postgres";
import { closeDatabase } from "../lib/db/client";
import { startApp } from "../tests/support/app";
import { APP_ENVIRONMENT } from "../tests/support/processes";
import { startBenchCluster } from "./support/cluster";
import { watchDrain } from "./support/drain";
import { generate } from "./support/generator";
import { seedLargeHistory } from "./support/large-history";
import { numbersFrom } from "./support/options";
import { redrive } from "./support/pipeline-contestants";
import { muteLog } from "./support/quiet";
import { timeReads } from "./support/reads";
import { atLeast, median, number, type Report, report, spread } from "./support/report";

const CONNECTIONS = 32;

const { events, seconds, rounds } = numbersFrom({ events: 10_000_000, seconds: 10, rounds: 3 });
muteLog();
const cluster = await startBenchCluster(["max_wal_size=4GB"]);
const closes: (() => Promise<unknown>)[] = [() => cluster.remove()];
const reports: Report[] = [];
try {
  const fullUrl = await cluster.redrive();
  const sql = postgres(fullUrl, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
  closes.push(() => sql.end({ timeout: 1 }));
  const seeded = await seedLargeHistory(sql, events, console.log);
  const size = `${(seeded.bytes / 2 ** 30).toFixed(1)} GiB in ${number(seeded.seconds)} s`;
  const empty = await open(await cluster.redrive());
  const full = await open(fullUrl);
  for (let round = 0; round < rounds; round += 1) {
    for (const system of round % 2 === 0 ? [empty, full] : [full, empty]) await system.turn();
    console.log(`round ${round + 1}: empty ${told(empty)}, full ${told(full)}`);
  }
  const ratio = (key: "accepted" | "delivered") => median(full[key]) / median(empty[key]);
  reports.push({
    title: `Scale: ${number(seeded.events)} events compared with none`,
    head: ["database", "accepted/s", "delivered/s"],
    rows: [
      ["empty", spread(empty.accepted), spread(empty.delivered)],
      ["full", spread(full.accepted), spread(full.delivered)],
    ],
    goals: [
      atLeast("endpoint, full ÷ empty", 0.9, ratio("accepted")),
      atLeast("pipeline, full ÷ empty", 0.9, ratio("delivered")),
    ],
    notes: [`Seeded: ${size}, ${number(seeded.bytes / seeded.events)} bytes per event. Postgres ${cluster.version}.`],
  });
  Object.assign(process.env, APP_ENVIRONMENT, { DATABASE_URL: fullUrl });
  reports.push(await timeReads(sql));
  await closeDatabase();
} finally {
  for (const close of closes.toReversed()) await close();
}
report(...reports);

interface System {
  accepted: number[];
  delivered: number[];
  /** Accepts for some seconds while no worker runs, and then delivers what was accepted. */
  turn(): Promise<void>;
}

async function open(url: string): Promise<System> {
  const own = postgres(url, { max: 1, onnotice: () => {} });
  closes.push(() => own.end({ timeout: 1 }));
  const app = await startApp({ env: { ...APP_ENVIRONMENT, DATABASE_URL: url, WORKER_IN_SERVER: "0" } });
  closes.push(app.stop);
  const worker = redrive("", 1, own, cluster.pid, url);
  const system: System = {
    accepted: [],
    delivered: [],
    async turn() {
      // What a history has left waiting is due another day.
      const waiting = await worker.left();
      const { rate, accepted } = await generate({ url: app.url, connections: CONNECTIONS, seconds });
      system.accepted.push(rate);
      await worker.start();
      const left = async () => (await worker.left()) - waiting;
      system.delivered.push((await watchDrain({ events: accepted, left, trees: worker.trees })).rate);
      await worker.stop();
    },
  };
  return system;
}

function told({ accepted, delivered }: System): string {
  return `${number(accepted.at(-1) ?? 0)} accepted, ${number(delivered.at(-1) ?? 0)} delivered per second`;
}
