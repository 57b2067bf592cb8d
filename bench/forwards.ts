/**
 * How fast are events forwarded? A backlog for one HTTP endpoint on this machine is worked off by one worker process. Then the
 * endpoint takes 50 ms, and one worker is compared with two. What hanging endpoints do to others is `npm run bench:hanging`.
 *
 *   npm run bench:forwards [-- --events 10000 --slow 3000 --rounds 3]
 */
import postgres from "postgres";
import { closeDatabase } from "../lib/db/client";
import { configureDestinations } from "../lib/destinations/configure";
import { TEST_ENVIRONMENT } from "../tests/fixtures/sign";
import { addDestination, publish } from "../tests/support/endpoint";
import { startBenchCluster } from "./support/cluster";
import { type Drained, watchDrain } from "./support/drain";
import { numbersFrom } from "./support/options";
import { startPeer } from "./support/peer-process";
import { redrive } from "./support/pipeline-contestants";
import { muteLog } from "./support/quiet";
import { atLeast, median, number, report, spread } from "./support/report";

const SLOW_MS = 50;
/** More than a worker has slots: the endpoint is not what limits. */
const CONCURRENCY = 200;

const { events, slow, rounds } = numbersFrom({ events: 10_000, slow: 3_000, rounds: 3 });
muteLog();
const cluster = await startBenchCluster();
const url = await cluster.redrive();
Object.assign(process.env, TEST_ENVIRONMENT, { DATABASE_URL: url, EGRESS_ALLOW_PRIVATE: "127.0.0.0/8" });
await configureDestinations();
await closeDatabase();
const sql = postgres(url, { max: 2, onnotice: () => {} });
const sink = await startPeer("sink", {});
await addDestination(sql, "sink", `http://127.0.0.1:${sink.port}/hook`, { max_concurrency: CONCURRENCY });
const [one, two] = [1, 2].map((count) => redrive(`${count}`, count, sql, cluster.pid)) as [Workers, Workers];
type Workers = ReturnType<typeof redrive>;

const fast: Drained[] = [];
const slowOne: Drained[] = [];
const slowTwo: Drained[] = [];
let published = 0;
let perConnection = 0;
try {
  for (let round = 0; round < rounds; round += 1) {
    const before = await sink.ask<{ arrived: number; connections: number }>({ delay: 0 });
    fast.push(await drain(one, events));
    const after = await sink.ask<{ arrived: number; connections: number }>({ delay: SLOW_MS });
    perConnection = (after.arrived - before.arrived) / Math.max(1, after.connections - before.connections);
    const turns = [async () => slowOne.push(await drain(one, slow)), async () => slowTwo.push(await drain(two, slow))];
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    console.log(`round ${round + 1}: ${[fast, slowOne, slowTwo].map((of) => `${number(of.at(-1)?.rate ?? 0)}/s`)}`);
  }
} finally {
  await sink.stop();
  await sql.end({ timeout: 1 });
  await cluster.remove();
}

const rate = (of: Drained[]) => median(of.map((turn) => turn.rate));
report({
  title: "HTTP forwards to a local endpoint",
  head: ["endpoint", "workers", "forwards/s", "worker µs/event", "Postgres µs/event"],
  rows: (
    [
      ["answers at once", 1, fast],
      [`takes ${SLOW_MS} ms`, 1, slowOne],
      [`takes ${SLOW_MS} ms`, 2, slowTwo],
    ] as const
  ).map(([endpoint, workers, of]) => [
    endpoint,
    String(workers),
    ...[of.map((turn) => turn.rate), of.map((turn) => turn.workerMicros), of.map((turn) => turn.storeMicros)].map(
      spread,
    ),
  ]),
  goals: [
    atLeast("one worker, endpoint answers at once", 1_000, rate(fast), "/s"),
    atLeast(`two workers ÷ one, endpoint takes ${SLOW_MS} ms`, 1.7, rate(slowTwo) / rate(slowOne)),
  ],
  notes: [
    `${rounds} backlogs of ${number(events)} and ${number(slow)} events, Postgres ${cluster.version}; median (smallest–largest).`,
    `${number(perConnection)} requests per connection that the worker opened.`,
  ],
});

async function drain(workers: Workers, count: number): Promise<Drained> {
  await publish(sql, "sink", count, { from: published });
  published += count;
  await workers.start();
  const drained = await watchDrain({ events: count, left: workers.left, trees: workers.trees });
  await workers.stop();
  return drained;
}
