/**
 * What the facts of an event cost when it is accepted: 4,000 Stripe and Shopify events in batches of 50, in two databases of
 * one cluster, turn by turn, by the processor time of the backend. The other database has no facts: their columns stay null and their indexes are dropped.
 *
 *   npm run bench:facts
 */
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { factsOf } from "../lib/pipeline/event-facts";
import { encoded, eventRow } from "../lib/pipeline/event-row";
import { parseBody } from "../lib/pipeline/parse";
import { providers } from "../lib/providers";
import { acceptAs } from "../lib/providers/provider";
import { shopifyBody } from "../lib/providers/shopify/sample";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { requestOf } from "../tests/fixtures/sign";
import setup from "../tests/support/global-setup";
import { createTestDatabase } from "../tests/support/postgres";

const EVENTS = 4_000;
const BATCH = 50;
const WARM = 10;
const NO_FACTS = { object_type: null, customer_id: null, amount: null, amount_kind: null, currency: null, terms: null };

const teardown = await setup();
const databases = [await createTestDatabase(), await createTestDatabase()] as const;
const [withFacts, without] = databases.map(({ url }) => postgres(url, { max: 1, onnotice: () => {} })) as [
  postgres.Sql,
  postgres.Sql,
];
try {
  await without.unsafe("drop index events_newest_of_customer, events_newest_in_test_mode, events_with_terms");
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < EVENTS / BATCH + WARM; n += 1) {
    const rows = Array.from({ length: BATCH }, (_, m) => ({ ...encoded(event(n * BATCH + m)), n: m }));
    const bare = rows.map((row) => ({ ...row, ...NO_FACTS }));
    // Whichever comes first has colder caches, so they take turns.
    for (const which of n % 2 === 0 ? [0, 1] : [1, 0]) {
      const spent = await timed(which === 0 ? withFacts : without, which === 0 ? rows : bare);
      if (n >= WARM) times[which as 0 | 1].push(spent);
    }
  }
  const [facts, none] = times.map((list) => quantiles(list));
  console.log(`SQL per event, with facts:    ${text(facts)}`);
  console.log(`SQL per event, without facts: ${text(none)}`);
  console.log(`added: mean ${percent(facts?.mean, none?.mean)}, median ${percent(facts?.median, none?.median)}`);
  console.log(`summary() in the server: ${summaryCost().toFixed(1)} µs per event`);
} finally {
  await Promise.all([withFacts.end(), without.end()]);
  for (const database of databases) await database.drop();
  await teardown?.();
}

function event(n: number) {
  const slug = n % 2 === 0 ? "stripe" : "shopify";
  const request = requestOf(slug, bodyOf(n), { id: `bench-${n}`, topic: "orders/create" } as never);
  const verified = acceptAs("signed", request);
  if (!verified.ok) throw new Error("not verified");
  return eventRow(providers[slug], verified.request, "bench");
}

function bodyOf(n: number) {
  const customer = `cus_${n % 700}`;
  return n % 2 === 0
    ? stripeEvent({ type: "invoice.payment_succeeded", id: `evt_${n}`, customer, amount: 100 + n })
    : shopifyBody({
        topic: "orders/create",
        order: String(5_900_000_000_000 + n),
        customer: String(7_000_000 + (n % 700)),
      });
}

async function timed(sql: postgres.Sql, rows: object[]): Promise<number> {
  const [backend] = await sql`select pg_backend_pid() as pid`;
  const before = processorTime(backend?.pid);
  await sql`select accept_events(${sql.json(rows as never)})`;
  return (processorTime(backend?.pid) - before) / rows.length;
}

/** Microseconds that the backend ran, from the kernel: the time of a busy machine says little. */
function processorTime(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1_000;
}

function summaryCost(): number {
  const payload = parseBody(Buffer.from(JSON.stringify(bodyOf(0)))).value;
  const once = () => factsOf(providers.stripe, { eventType: "invoice.payment_succeeded", payload, headers: [] });
  for (let n = 0; n < 20_000; n += 1) once();
  const started = performance.now();
  for (let n = 0; n < 20_000; n += 1) once();
  return ((performance.now() - started) * 1000) / 20_000;
}

function quantiles(list: number[]) {
  const sorted = list.toSorted((a, b) => a - b);
  return { mean: list.reduce((sum, one) => sum + one, 0) / list.length, median: sorted[sorted.length >> 1] ?? 0 };
}

function text(of: ReturnType<typeof quantiles> | undefined): string {
  return `mean ${of?.mean.toFixed(0)} µs, median ${of?.median.toFixed(0)} µs`;
}

function percent(one = 0, other = 1): string {
  return `${((one / other - 1) * 100).toFixed(1)} %`;
}
