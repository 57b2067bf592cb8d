/**
 * How fast is a backlog worked off, from the claim to the recorded attempt, and what does each event cost? The backlog is
 * accepted while no worker runs. Redrive with one worker process and with two, beside the workers of BullMQ, graphile-worker
 * and pg-boss, which do one upsert per event. Redrive writes more: a row of its audit log, and what follows for the customer.
 *
 *   npm run bench:pipeline [-- --events 20000 --rounds 3]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Drained, watchDrain } from "./support/drain";
import { numbersFrom } from "./support/options";
import { ONE_WORKER, openWorkers, TWO_WORKERS } from "./support/pipeline-contestants";
import { muteLog } from "./support/quiet";
import { atLeast, atMost, median, number, report, spread } from "./support/report";

/** Between two turns, so that the end of one is not paid by the next. */
const SETTLE_MS = 500;

const { events, rounds } = numbersFrom({ events: 20_000, rounds: 3 });
muteLog();
const { contestants, version, missing, close } = await openWorkers();
const turns = new Map<string, Drained[]>(contestants.map(({ name }) => [name, []]));
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      await contestant.fill(events);
      await contestant.start();
      const drained = await watchDrain({ events, left: contestant.left, trees: contestant.trees });
      await contestant.stop();
      turns.get(contestant.name)?.push(drained);
      console.log(`round ${round + 1}: ${contestant.name} ${number(drained.rate)}/s`);
      await sleep(SETTLE_MS);
    }
  }
} finally {
  await close();
}

const of = (name: string, key: (turn: Drained) => number) => (turns.get(name) ?? []).map(key);
const rate = (name: string) => median(of(name, (turn) => turn.rate));
const cost = (name: string) => median(of(name, ({ workerMicros, storeMicros }) => workerMicros + storeMicros));
const best = Math.max(rate(ONE_WORKER), rate(TWO_WORKERS));
report({
  title: "Pipeline: claim → project → record",
  head: ["system", "events/s", "÷ Redrive", "worker µs/event", "store µs/event"],
  rows: contestants.map(({ name }) => [
    name,
    spread(of(name, (turn) => turn.rate)),
    number(rate(name) / rate(ONE_WORKER)),
    spread(of(name, (turn) => turn.workerMicros)),
    spread(of(name, (turn) => turn.storeMicros)),
  ]),
  goals: [
    atLeast("Redrive ÷ pg-boss, rate", 3, best / rate("pg-boss")),
    ...(turns.has("BullMQ + upsert")
      ? [atLeast("Redrive ÷ BullMQ + upsert, rate", 1, best / rate("BullMQ + upsert"))]
      : []),
    atMost("two workers ÷ one, CPU per event", 1.1, cost(TWO_WORKERS) / cost(ONE_WORKER)),
  ],
  notes: [
    `${rounds} backlogs of ${number(events)} events each, Postgres ${version}; median (smallest–largest), between nine tenths left and one.`,
    "store: Postgres, and for BullMQ its Redis with the Postgres that the upserts go to.",
    ...missing,
  ],
});
