/**
 * How many webhooks a second does the endpoint accept, and what does each cost? 1 KB signed Stripe events over 32
 * connections: Redrive as `npm start` runs it beside what a team would pick instead, all in one run, turn by turn. Every
 * system verifies the signature and answers once the event is kept; Redrive's worker runs elsewhere, as theirs do. CPU is
 * that of the app's process and of its Postgres or Redis.
 *
 *   npm run bench:endpoint [-- --seconds 10 --rounds 3 --connections 32]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { spentBy } from "./support/cpu";
import { openContestants, REDRIVE } from "./support/endpoint-contestants";
import { prepareLoad } from "./support/generator";
import { numbersFrom } from "./support/options";
import { atLeast, atMost, median, number, quantile, report, spread } from "./support/report";

/** Between two turns, so that the end of one is not paid by the next. */
const SETTLE_MS = 500;

const { seconds, rounds, connections } = numbersFrom({ seconds: 10, rounds: 3, connections: 32 });

interface Turn {
  rate: number;
  appMicros: number;
  storeMicros: number;
  p99: number;
  refused: number;
}

const { contestants, version, missing, close } = await openContestants();
const turns = new Map<string, Turn[]>(contestants.map(({ name }) => [name, []]));
let generatorMicros = Number.POSITIVE_INFINITY;
try {
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first finds a quiet machine, so the order turns round.
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const load = prepareLoad({ url: contestant.url, connections, seconds });
      await load.ready;
      const { result, cpu } = await spentBy(contestant.trees, load.start);
      const micros = (tree: string) => ((cpu[tree] ?? 0) * 1e6) / result.accepted;
      turns.get(contestant.name)?.push({
        rate: result.rate,
        appMicros: micros("app"),
        storeMicros: micros("store"),
        p99: quantile(
          result.heard.map(({ ms }) => ms),
          0.99,
        ),
        refused: result.heard.length - result.accepted,
      });
      generatorMicros = Math.min(generatorMicros, (result.cpu * 1e6) / result.heard.length);
      console.log(`round ${round + 1}: ${contestant.name} ${number(result.rate)}/s`);
      await sleep(SETTLE_MS);
    }
  }
} finally {
  await close();
}

const rate = (name: string) => median((turns.get(name) ?? []).map((turn) => turn.rate));
const cost = (name: string) => median((turns.get(name) ?? []).map((turn) => turn.appMicros + turn.storeMicros));
const rows = contestants.map(({ name }) => {
  const own = turns.get(name) ?? [];
  const of = (key: keyof Turn) => own.map((turn) => turn[key]);
  return [
    name,
    spread(of("rate")),
    number(median(of("rate")) / rate(REDRIVE)),
    spread(of("appMicros")),
    spread(of("storeMicros")),
    spread(of("p99")),
    number(of("refused").reduce((sum, count) => sum + count, 0)),
  ];
});
const [young = Number.NaN, ...later] = (turns.get(REDRIVE) ?? []).map((turn) => turn.rate);
const has = (name: string) => Number.isFinite(rate(name));
report({
  title: "Endpoint: 1 KB signed Stripe events",
  head: ["system", "events/s", "÷ Redrive", "app µs/event", "store µs/event", "p99 ms", "refused"],
  rows,
  goals: [
    ...(has("BullMQ everysec")
      ? [atLeast("Redrive ÷ BullMQ everysec, rate", 1, rate(REDRIVE) / rate("BullMQ everysec"))]
      : []),
    atMost("Redrive ÷ minimal batched insert, CPU per event", 2, cost(REDRIVE) / cost("minimal batched insert")),
    ...(later.length > 0
      ? [atLeast("first turn of a fresh database ÷ later ones, rate", 0.8, young / median(later))]
      : []),
    atLeast("generator alone ÷ fastest that keeps events, rate", 1.2, rate("echo") / fastestKeeper()),
  ],
  notes: [
    `${rounds} turns of ${seconds} s each at ${connections} connections, Postgres ${version}; median (smallest–largest).`,
    `The generator takes ${number(generatorMicros)} µs of CPU per request, in a process of its own that no column counts.`,
    ...missing,
  ],
});

function fastestKeeper(): number {
  return Math.max(...contestants.filter(({ name }) => name !== "echo").map(({ name }) => rate(name)));
}
