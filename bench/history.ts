/**
 * What the event history costs with 1,000,000 events in a database of its own: in Postgres, and for a person who clicks.
 * Prints p50 and p95 of some readings in milliseconds.
 *
 *   npm run bench:history [-- 100000]       another number of events
 */
import postgres from "postgres";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { clickThrough } from "./history-browser";
import { seedHistory } from "./history-seed";
import { FILTERS } from "./support/filters";

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const READINGS = 9;
const CLICKS = 25;

const cluster = await startThrowawayPostgres();
try {
  const url = await cluster.create("bench");
  await migrate(url, () => {});
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
  const started = performance.now();
  await seedHistory(sql, EVENTS);
  console.log(`seeded ${EVENTS} events in ${Math.round((performance.now() - started) / 1000)} s`);

  console.log(`\n     p50      p95  first page, in Postgres`);
  for (const [name, filter] of Object.entries(FILTERS))
    await time(name, () => sql`select list_events(${sql.json(filter)}, 50, null, null)`);
  const [deep] = await sql`
    select (extract(epoch from received_at) * 1000000)::bigint || '.' || id as cursor
    from events where id = (select min(id) + ${Math.floor(EVENTS / 2)}::bigint from events)`;
  await time("older, from the middle", () => sql`select list_events('{}', 50, ${deep?.cursor}, null)`);
  await time("newer, from the middle", () => sql`select list_events('{}', 50, null, null, ${deep?.cursor})`);

  console.log(`\n     p50      p95  histogram, in Postgres`);
  for (const [name, filter] of Object.entries(FILTERS))
    if (!filter.text) await time(name, () => sql`select read_event_histogram(${sql.json(filter)}, null)`);
  for (const range of ["7d", "30d"] as const) {
    await time(`the last ${range}`, () => sql`select read_event_histogram(${sql.json({ range })}, null)`);
    await time(`the last ${range}, an organisation`, () => {
      return sql`select read_event_histogram(${sql.json({ range, org_id: "org_77" })}, null)`;
    });
  }
  await time("numbers beside the choices", () => sql`select count_event_types('{}', null)`);
  await time("numbers beside the choices, 30 days", () => sql`select count_event_types('{"range": "30d"}', null)`);
  await sql.end();

  console.log(`\n     p50      p95  from the click to the rows, in Chromium`);
  await clickThrough(url, (name, read) => time(name, read, CLICKS));
} finally {
  await cluster.remove();
}

export type Timer = (name: string, read: () => PromiseLike<unknown>) => Promise<void>;

async function time(name: string, read: () => PromiseLike<unknown>, readings = READINGS): Promise<void> {
  const took: number[] = [];
  for (let n = 0; n < readings; n += 1) {
    const started = performance.now();
    const own = await read();
    // Who measures by itself, as a browser does, answers the milliseconds.
    took.push(typeof own === "number" ? own : performance.now() - started);
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => (took[Math.min(readings - 1, Math.floor(readings * share))] as number).toFixed(1);
  console.log(`${at(0.5).padStart(8)} ${at(0.95).padStart(8)}  ${name}`);
}
