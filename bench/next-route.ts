/**
 * What does accepting cost under plain Next, the path on serverless hosts, compared with a route that does nothing? Both are
 * `next start` of the same version, asked in pairs that take turns.
 *
 *   npm run bench:next-route [-- --seconds 10 --pairs 5 --connections 32]
 */
import { ensureBuild } from "../lib/boot/build";
import { ROOT } from "../lib/db/supabase-cli";
import { startNext } from "../tests/support/next-start";
import { startBenchCluster } from "./support/cluster";
import { spentBy } from "./support/cpu";
import { prepareLoad } from "./support/generator";
import { NOOP_PATH, startNoopNext } from "./support/noop-next";
import { numbersFrom } from "./support/options";
import { atLeast, median, number, report, spread } from "./support/report";

const { seconds, pairs, connections } = numbersFrom({ seconds: 10, pairs: 5, connections: 32 });

interface Turn {
  rate: number;
  appMicros: number;
  refused: number;
}

await ensureBuild(ROOT, console.log);
const cluster = await startBenchCluster();
const redrive = await startNext({ WORKER_IN_SERVER: "0" });
const noop = await startNoopNext();
/** A young process compiles what it runs. */
const WARM_SECONDS = 2;
const routes: Turn[] = [];
const noops: Turn[] = [];
try {
  await turn(redrive.url, redrive.pid, undefined, WARM_SECONDS);
  await turn(noop.url, noop.pid, NOOP_PATH, WARM_SECONDS);
  const askRedrive = async () => routes.push(await turn(redrive.url, redrive.pid));
  const askNoop = async () => noops.push(await turn(noop.url, noop.pid, NOOP_PATH));
  for (let pair = 0; pair < pairs; pair += 1) {
    // Whoever comes first in a pair finds a quieter machine, so they take turns at it.
    for (const ask of pair % 2 === 0 ? [askRedrive, askNoop] : [askNoop, askRedrive]) await ask();
    console.log(`pair ${pair + 1}: ${number(routes.at(-1)?.rate ?? 0)}/s, no-op ${number(noops.at(-1)?.rate ?? 0)}/s`);
  }
} finally {
  await noop.close();
  await redrive.close();
  await cluster.remove();
}

const ratios = routes.map(({ rate }, n) => rate / (noops[n]?.rate ?? Number.NaN));
report({
  title: "App Router route under plain Next",
  head: ["route", "requests/s", "app µs/request", "refused"],
  rows: [
    ["/api/webhooks/stripe", routes],
    ["a route that does nothing", noops],
  ].map(([name, turns]) => rowOf(name as string, turns as Turn[])),
  goals: [atLeast("route ÷ no-op route, rate", 0.8, median(ratios))],
  notes: [`${pairs} pairs of ${seconds} s each at ${connections} connections; ratio of the pairs ${spread(ratios)}.`],
});

async function turn(url: string, pid: number, path?: string, forSeconds = seconds): Promise<Turn> {
  const load = prepareLoad({ url, connections, seconds: forSeconds, path });
  await load.ready;
  const { result, cpu } = await spentBy({ app: pid }, load.start);
  return {
    rate: result.rate,
    appMicros: ((cpu.app ?? 0) * 1e6) / result.accepted,
    refused: result.heard.length - result.accepted,
  };
}

function rowOf(name: string, turns: Turn[]): string[] {
  const refused = turns.reduce((sum, one) => sum + one.refused, 0);
  return [name, spread(turns.map(({ rate }) => rate)), spread(turns.map((one) => one.appMicros)), number(refused)];
}
