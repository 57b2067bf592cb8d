/**
 * What the event history costs with 1,000,000 events in a database of its own: in Postgres, and for a person who clicks.
 * Prints p50 and p95 of some readings in milliseconds.
 *
 *   npm run bench:history [-- 100000]       another number of events
 */
import postgres from "postgres";
import type { EventFilter } from "../lib/contract/event-filter";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { clickThrough } from "./history-browser";
import { seedHistory } from "./history-seed";

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const READINGS = 9;
const CLICKS = 25;

const FILTERS: Record<string, EventFilter> = {
  "no filter": {},
  "one status, seldom": { status: ["dead"] },
  "two statuses": { status: ["failed", "dead"] },
  "all but processed": { status: ["received", "processing", "failed", "dead", "replayed", "resolved", "ignored"] },
  "one provider": { provider_slug: ["telnyx"] },
  "two providers, one status": { provider_slug: ["stripe", "telnyx"], status: ["dead"] },
  "a type": { event_type: "invoice.payment_failed" },
  "a type, seldom": { event_type: "rare.type" },
  "a type its provider never sends": { provider_slug: ["stripe"], event_type: "rare.type" },
  "an organisation": { org_id: "org_77" },
  "an organisation, dead": { org_id: "org_77", status: ["dead"] },
  "a company": { company_id: "company_42" },
  "an error class": { error_class: ["timeout"] },
  "the last 24 hours": { range: "24h" },
  "an hour three weeks ago": { from_ts: ago(21 * 24), to_ts: ago(21 * 24 - 1) },
  "3 attempts or more": { attempts: 3 },
  replayed: { replayed: "1" },
  unsigned: { trust: ["unsigned"] },
  "to a destination, dead": { destination: ["bench-3"], delivery_status: ["dead"] },
  "answered 5xx": { http_status: ["5xx"] },
  "answered 418, which none did": { http_status: ["418"] },
  "a whole key": { q: "evt_c4ca4238a0b923820dcc509a6f75849b" },
  "a part of keys": { q: "c4ca4238" },
  "a part of no key": { q: "nothing like it" },
  "text in payloads of the last hour": { text: "nowhere", range: "1h" },
};

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

function ago(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}
