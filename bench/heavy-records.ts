/**
 * Does one event that changes thousands of rows hold up the others? Fifty Stripe events a second are accepted and worked on; in
 * every other turn a HeyReach event with 4,600 row changes comes with them. Compares the time from the stored event to its
 * written row. Both in one run, so that whatever else the machine does falls on both.
 *
 *   npm run bench:heavy
 */
import { closeDatabase } from "../lib/db/client";
import { startWorker } from "../lib/pipeline/worker";
import { heyreachEvent } from "../lib/providers/heyreach/sample";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { openDesk, send } from "../tests/support/desk";
import setup from "../tests/support/global-setup";
import { until } from "../tests/support/processes";

const PER_SECOND = 50;
const SECONDS = 5;
const TURNS = 3;
/** Two changes each. */
const MESSAGES = 2_300;

const teardown = await setup();
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((line: string, ...rest: never[]) => line.startsWith("{") || write(line, ...rest)) as never;
const desk = await openDesk();
const worker = startWorker();
try {
  await turn(false);
  const calm: number[] = [];
  const beside: number[] = [];
  for (let n = 0; n < TURNS; n += 1) {
    calm.push(...(await turn(false)));
    beside.push(...(await turn(true)));
  }
  const [before, during] = [print("alone", calm), print("beside 4,600 changes in one event", beside)];
  console.log(`ratio of p99: ${(during / before).toFixed(2)} (at most 3)`);
  const heavy = await desk.sql`
    select extract(epoch from d.finished_at - e.received_at) as s from deliveries d join events e on e.id = d.event_id
    where e.provider = 'heyreach' and d.status = 'delivered'`;
  console.log(`the heavy ones themselves: ${heavy.map((row) => `${Number(row.s).toFixed(1)} s`).join(", ")}`);
} finally {
  await worker.stop();
  await closeDatabase();
  await desk.close();
  await teardown?.();
}

async function turn(heavy: boolean): Promise<number[]> {
  const [start] = await desk.sql`select now() as at`;
  const sends: Promise<unknown>[] = heavy ? [send("heyreach", conversation())] : [];
  for (let n = 0; n < PER_SECOND * SECONDS; n += 1) {
    sends.push(send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await Promise.all(sends);
  await until(
    "all is written",
    async () => (await desk.sql`select from deliveries where status not in ('delivered', 'dead') limit 1`).length === 0,
    120_000,
  );
  const times = await desk.sql`
    select extract(epoch from d.finished_at - e.received_at) * 1000 as ms from deliveries d join events e on e.id = d.event_id
    where e.provider = 'stripe' and e.received_at > ${start?.at}`;
  return times.map((row) => Math.round(row.ms));
}

function conversation() {
  const recent = Array.from({ length: MESSAGES }, (_, n) => ({
    creation_time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    message: `m${n}`,
    is_reply: false,
  }));
  const conversation_id = `bench-${Math.random()}`;
  return { ...heyreachEvent({ type: "every_message_reply_received" }), conversation_id, recent_messages: recent };
}

function print(name: string, times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
  console.log(`${name}: ${times.length} events, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  return at(0.99);
}
