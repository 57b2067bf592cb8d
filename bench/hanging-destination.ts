/**
 * Does a destination that hangs slow the others? Ten destinations get events at a steady pace; in every other turn one of
 * them accepts connections and never answers. Compares the time from the stored event to its arrival at the nine healthy
 * ones. The turns make one run comparable with itself: whatever else the machine does falls on both.
 *
 *   npm run bench:hanging
 */
import postgres from "postgres";
import { closeDatabase } from "../lib/db/client";
import { startWorker } from "../lib/pipeline/worker";
import { ringWorker } from "../lib/pipeline/worker-bell";
import { addDestination, publish, startEndpoint } from "../tests/support/endpoint";
import setup from "../tests/support/global-setup";
import { createTestDatabase } from "../tests/support/postgres";

const DESTINATIONS = 10;
const EVENTS_PER_SECOND = 40;
const SECONDS = 5;
const TURNS = 10;
const TIMEOUT_MS = 3_000;

const teardown = await setup();
const database = await createTestDatabase();
const sql = postgres(database.url, { max: 8, onnotice: () => {} });
const endpoints = await Promise.all(Array.from({ length: DESTINATIONS }, () => startEndpoint()));
Object.assign(process.env, { DATABASE_URL: database.url, EGRESS_ALLOW_PRIVATE: "127.0.0.0/8" });
// Its lines would cost more than what is measured.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((line: string, ...rest: never[]) => line.startsWith("{") || write(line, ...rest)) as never;
const worker = startWorker();
try {
  for (const [index, endpoint] of endpoints.entries()) {
    await addDestination(sql, `shop-${index}`, endpoint.url, { timeout_ms: TIMEOUT_MS });
  }
  await turn(true, 2);
  const calm: number[][] = [];
  const beside: number[][] = [];
  for (let n = 0; n < TURNS; n += 1) {
    calm.push(await turn(false, SECONDS));
    beside.push(await turn(true, SECONDS));
  }
  const ratio = print("one of them hangs", beside) / print("all ten answer", calm);
  console.log(`ratio of p95: ${ratio.toFixed(2)} (at most 1.5)`);
  const [hanging] = await sql`
    select h.breaker, (select count(*)::int from attempts a join deliveries d on d.id = a.delivery_id
      where d.destination_id = h.destination_id and a.error_class = 'timeout') as timeouts
    from destination_health h join destinations t on t.id = h.destination_id where t.slug = 'shop-0'`;
  console.log(`the one that hung: ${hanging?.timeouts} attempts timed out, circuit ${hanging?.breaker}`);
} finally {
  await worker.stop();
  await closeDatabase();
  await sql.end({ timeout: 1 });
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  await database.drop();
  await teardown?.();
}

/** Events for all at an even pace; answers the milliseconds each of the healthy ones' took. */
async function turn(hanging: boolean, seconds: number): Promise<number[]> {
  endpoints[0]?.answer(hanging ? 0 : 200);
  for (const endpoint of endpoints) endpoint.arrivals.length = 0;
  // A circuit that opened in the turn before would hide what hanging costs until it opens.
  await sql`delete from destination_health`;
  await sql`delete from destination_statistics`;
  const sent = new Map<string, number>();
  const first = Math.floor(Math.random() * 1e12);
  const sends: Promise<void>[] = [];
  for (let n = 0; n < seconds * EVENTS_PER_SECOND; n += 1) {
    const slug = `shop-${n % DESTINATIONS}`;
    sent.set(`${slug} ${first + n}`, Date.now());
    sends.push(publish(sql, slug, 1, { from: first + n }).then(ringWorker));
    await new Promise((resolve) => setTimeout(resolve, 1000 / EVENTS_PER_SECOND));
  }
  await Promise.all(sends);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const times = endpoints.flatMap((endpoint, index) =>
    index === 0
      ? []
      : endpoint.arrivals.map((arrival) => arrival.at - (sent.get(`shop-${index} ${arrival.body.n}`) ?? Number.NaN)),
  );
  // What still hangs must not reach into the next turn.
  for (let left = 1; left > 0; ) {
    await sql`update deliveries set status = 'cancelled', finished_at = now() where status in ('pending', 'retrying')`;
    left = (await sql`select from deliveries where status = 'claimed'`).length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return times.filter((ms) => !Number.isNaN(ms));
}

/** Prints and answers the p95 of a usual turn: the median of its turns, which a turn that the machine slept through cannot move. */
function print(name: string, turns: number[][]): number {
  const [p50, p95] = [0.5, 0.95].map((q) =>
    quantile(
      turns.map((times) => quantile(times, q)),
      0.5,
    ),
  ) as [number, number];
  console.log(`${name}: ${turns.flat().length} events, p50 ${p50} ms, p95 ${p95} ms`);
  return p95;
}

function quantile(times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
