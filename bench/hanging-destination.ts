/**
 * Do endpoints that hang slow the others, or the rows? Nine healthy endpoints, the rows of Stripe events and 4, 40 or 400
 * more endpoints get events at a steady pace; in every other turn those accept connections and never answer. All of them
 * answered well before, so nothing but their silence tells them apart. Compares the time from the stored event to its arrival
 * at a healthy endpoint, and to its written row. The turns make one run comparable with itself: whatever else the machine does
 * falls on both.
 *
 *   npm run bench:hanging [-- 4 40 400]
 */
import postgres from "postgres";
import { closeDatabase } from "../lib/db/client";
import { configureDestinations } from "../lib/destinations/configure";
import { wakeWorker } from "../lib/pipeline/wake-worker";
import { startWorker } from "../lib/pipeline/worker";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { TEST_ENVIRONMENT } from "../tests/fixtures/sign";
import { send } from "../tests/support/desk";
import { addDestination, publish, startEndpoint } from "../tests/support/endpoint";
import setup from "../tests/support/global-setup";
import { createTestDatabase } from "../tests/support/postgres";
import { muteLog } from "./support/quiet";
import { atMost, type Goal, number, quantile, report } from "./support/report";

const HEALTHY = 9;
/** Per second: of each kind together. */
const EVENTS = { healthy: 36, rows: 10, hanging: 40 };
const SECONDS = 5;
const TURNS = 4;
const TIMEOUT_MS = 3_000;
const STEP_MS = 100;

const teardown = await setup();
const database = await createTestDatabase();
const sql = postgres(database.url, { max: 8, onnotice: () => {} });
const healthy = await Promise.all(Array.from({ length: HEALTHY }, () => startEndpoint()));
const hanging = await startEndpoint();
Object.assign(process.env, TEST_ENVIRONMENT, { DATABASE_URL: database.url, EGRESS_ALLOW_PRIVATE: "127.0.0.0/8" });
muteLog();
const rows: string[][] = [];
const goals: Goal[] = [];
let published = Math.floor(Math.random() * 1e12);

await configureDestinations();
const worker = startWorker();
try {
  for (const [index, endpoint] of healthy.entries()) await addDestination(sql, `shop-${index}`, endpoint.url);
  for (const count of process.argv
    .slice(2)
    .map(Number)
    .concat(process.argv[2] ? [] : [4, 40, 400]))
    await compare(count);
} finally {
  await worker.stop();
  await closeDatabase();
  await sql.end({ timeout: 1 });
  await Promise.all([...healthy, hanging].map((endpoint) => endpoint.close()));
  await database.drop();
  await teardown?.();
}
report({
  title: "Forwards and rows beside endpoints that hang",
  head: ["", "what", "p50 / p95 / p99 ms", "while all answer", "÷ p95", "÷ p99"],
  rows,
  goals,
  notes: [`${TURNS} pairs of ${SECONDS} s; each figure is the median of its turns.`],
});

interface Times {
  rows: number[];
  healthy: number[];
}

async function compare(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const known = await sql`select from destinations where slug = ${`hang-${n}`}`;
    if (known.length === 0) await addDestination(sql, `hang-${n}`, hanging.url, { timeout_ms: TIMEOUT_MS });
  }
  await turn(count, true);
  const calm: Times[] = [];
  const beside: Times[] = [];
  for (let n = 0; n < TURNS; n += 1) {
    calm.push(await turn(count, false));
    beside.push(await turn(count, true));
  }
  for (const kind of ["rows", "healthy"] as const) {
    const [before, during] = [calm, beside].map((turns) => turns.map((times) => times[kind])) as [
      number[][],
      number[][],
    ];
    const told = (turns: number[][]) =>
      `${[0.5, 0.95, 0.99].map((q) => number(middle(turns, q))).join(" / ")} (${turns.flat().length})`;
    const [p95 = 0, p99 = 0] = [0.95, 0.99].map((q) => middle(during, q) / middle(before, q));
    rows.push([`${count} hang`, kind, told(during), told(before), number(p95), number(p99)]);
    goals.push(atMost(`${count} hang, ${kind}: p99 ÷ while all answer`, 1.5, p99));
  }
}

/** Events for all at an even pace; answers the milliseconds each took. */
async function turn(count: number, hang: boolean): Promise<Times> {
  hanging.answer(hang ? 0 : 200);
  for (const endpoint of [...healthy, hanging]) endpoint.arrivals.length = 0;
  // All have answered well so far: what the turn before found out would hide what finding it out costs.
  await sql`delete from destination_statistics`;
  await sql`delete from destination_health`;
  await sql`insert into destination_health (destination_id, last_success_at) select id, now() from destinations`;
  const sent = new Map<number, number>();
  const [start] = await sql`select now() as at`;
  const sends: Promise<unknown>[] = [];
  const due = { healthy: 0, rows: 0, hanging: 0 };
  for (let step = 0; step < (SECONDS * 1000) / STEP_MS; step += 1) {
    for (const kind of ["healthy", "rows", "hanging"] as const) {
      for (due[kind] += (EVENTS[kind] * STEP_MS) / 1000; due[kind] >= 1; due[kind] -= 1) {
        published += 1;
        const n = published;
        if (kind === "rows")
          sends.push(send("stripe", stripeEvent({ type: "invoice.payment_failed", id: `evt_bench_${n}` })));
        else {
          const slug = kind === "healthy" ? `shop-${n % HEALTHY}` : `hang-${n % count}`;
          sent.set(n, Date.now());
          sends.push(publish(sql, slug, 1, { from: n }).then(() => wakeWorker()));
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  await Promise.all(sends);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const rows = await sql`
    select extract(epoch from coalesce(d.finished_at, now()) - e.received_at) * 1000 as ms
    from deliveries d join events e on e.id = d.event_id
    where e.provider = 'stripe' and e.received_at > ${start?.at}`;
  const arrivals = healthy.flatMap((endpoint) => endpoint.arrivals);
  const missing = [...sent.keys()].length - arrivals.length - hanging.arrivals.length;
  if (!hang && missing > 0) console.log(`(${missing} did not arrive in time)`);
  // What still hangs must not reach into the next turn.
  for (let left = 1; left > 0; ) {
    await sql`update deliveries set status = 'cancelled', finished_at = now() where status in ('pending', 'retrying')`;
    left = (await sql`select from deliveries where status = 'claimed'`).length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    rows: rows.map((row) => Math.round(row.ms)),
    healthy: arrivals.map((arrival) => arrival.at - (sent.get(arrival.body.n) ?? Number.NaN)),
  };
}

/** The quantile of a usual turn: the median of its turns, which a turn that the machine slept through cannot move. */
function middle(turns: number[][], q: number): number {
  return quantile(
    turns.map((times) => quantile(times, q)),
    0.5,
  );
}
