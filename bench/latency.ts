/**
 * How long from a webhook's request to its applied row? At 100 and at 500 events per second, to an app with its worker as
 * `npm start` runs it. Each event writes a row of its own; Postgres says when that row's transaction was committed
 * (track_commit_timestamp), so nothing asks meanwhile. The time counts from when the request was due, on one machine's clock.
 *
 *   npm run bench:latency [-- --seconds 60 --slow 100 --fast 500]
 */
import postgres from "postgres";
import { startApp } from "../tests/support/app";
import { APP_ENVIRONMENT, until } from "../tests/support/processes";
import { appliedAt } from "./support/applied";
import { startBenchCluster } from "./support/cluster";
import { spentBy } from "./support/cpu";
import { prepareLoad } from "./support/generator";
import { numbersFrom } from "./support/options";
import { atLeast, atMost, type Goal, number, quantile, report } from "./support/report";

const CONNECTIONS = 32;
/** A backlog that is left after the last request gets this long. */
const DRAIN_MS = 120_000;

const { seconds, slow, fast } = numbersFrom({ seconds: 60, slow: 100, fast: 500 });
const cluster = await startBenchCluster(["track_commit_timestamp=on"]);
const databaseUrl = await cluster.redrive();
const app = await startApp({ env: { ...APP_ENVIRONMENT, DATABASE_URL: databaseUrl } });
const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
const rows: string[][] = [];
const goals: Goal[] = [];
try {
  await turn(slow, 3);
  const calm = await turn(slow, seconds);
  goals.push(atMost(`${slow}/s, p50`, 20, calm.p50, " ms"), atMost(`${slow}/s, p99`, 100, calm.p99, " ms"));
  const busy = await turn(fast, seconds);
  goals.push(
    atLeast(`${fast}/s, applied by its end`, 0.99 * fast, busy.keptUp, "/s"),
    atMost(`${fast}/s, p99`, 500, busy.p99, " ms"),
  );
  rows.push(calm.row, busy.row);
} finally {
  await sql.end({ timeout: 1 });
  await app.stop();
  await cluster.remove();
}
report({
  title: "Receipt → applied",
  head: [
    "rate",
    "answered 2xx",
    "answer p50 / p99 ms",
    "applied p50 ms",
    "p95 ms",
    "p99 ms",
    "longest ms",
    "µs CPU/event",
  ],
  rows,
  goals,
  notes: [`${seconds} s each, after 3 s at ${slow}/s on a fresh database; Postgres ${cluster.version}.`],
});

async function turn(rate: number, forSeconds: number) {
  const load = prepareLoad({ url: app.url, connections: CONNECTIONS, seconds: forSeconds, rate, ownRows: true });
  await load.ready;
  const { result, cpu, seconds: took } = await spentBy({ app: app.pid, store: cluster.pid }, load.start);
  const ids = result.heard.filter(({ status }) => status === 200).map(({ id }) => id);
  let applied = await appliedAt(sql, ids);
  const endAt = Math.max(...result.heard.map(({ at, ms }) => at + ms));
  await until(
    "every event is applied",
    async () => {
      applied = await appliedAt(sql, ids);
      return applied.size === ids.length;
    },
    DRAIN_MS,
  );
  const times = result.heard.flatMap(({ id, at }) => (applied.has(id) ? [(applied.get(id) as number) - at] : []));
  const answers = result.heard.map(({ ms }) => ms);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(times, q)) as [number, number, number];
  const keptUp = [...applied.values()].filter((at) => at <= endAt).length / forSeconds;
  const micros = (((cpu.app ?? 0) + (cpu.store ?? 0)) * 1e6) / result.accepted;
  console.log(`${rate}/s for ${number(took)} s: p50 ${number(p50)} ms, p99 ${number(p99)} ms`);
  const row = [
    `${rate}/s`,
    `${ids.length} of ${result.heard.length}`,
    `${number(quantile(answers, 0.5))} / ${number(quantile(answers, 0.99))}`,
    ...[p50, p95, p99, Math.max(...times)].map(number),
    number(micros),
  ];
  return { p50, p99, keptUp, row };
}
