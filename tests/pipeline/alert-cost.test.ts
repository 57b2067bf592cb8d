/** An evaluation costs the same with any number of events: it reads counts, health and small tables, and probes indexes. */
import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Desk, openDesk } from "../support/desk";

const BIG = ["events", "event_bodies", "event_keys", "deliveries", "attempts", "rejections"];

let desk: Desk;
let sql: postgres.Sql;
beforeAll(async () => {
  desk = await openDesk();
  sql = desk.sql;
  await sql`select add_first_rules()`;
  await sql`select add_statistics('[{"provider": "stripe", "event_type": "a.b", "outcome": "received", "count": 1}]')`;
});
afterAll(() => desk.close());

/** Events with a delivery and an attempt each: waiting, dead and delivered. */
async function store(count: number): Promise<void> {
  await sql`
    insert into events (provider, event_key, event_type, status, trust, parse_status, body_size, body_sha256,
      fingerprint, method, path, headers)
    select 'stripe', 'evt_' || n, 'a.b', 'dead', 'signed', 'ok', 2, sha256('{}'), '', 'POST', '/',
      '[]'
    from (select (select count(*) from events) + g as n from generate_series(1, ${count}::int) g) n`;
  await sql`
    insert into deliveries (event_id, destination_id, status, finished_at, due_at)
    select e.id, t.id, s.status::delivery_status, case when s.status <> 'pending' then now_() end, now_() - interval '1 hour'
    from events e
    join destinations t on t.slug = 'agent-sdk'
    cross join lateral (select (array['pending', 'dead', 'delivered'])[1 + e.id % 3] as status) s
    on conflict do nothing`;
  await sql`
    insert into attempts (delivery_id, number, status, fence, worker, finished_at)
    select d.id, 1, 'failed', 1, 'w', now_() from deliveries d on conflict do nothing`;
  await sql`analyze events, deliveries, attempts`;
}

/** Rows of each big table that one evaluation of all rules reads, as Postgres counts them. */
async function rowsRead(): Promise<Record<string, number>> {
  await sql`update alert_series set evaluate_after = now_()`;
  return sql.begin(async (tx) => {
    const counted = () => tx<{ relname: string; rows: number }[]>`
      select relname, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows
      from pg_stat_xact_user_tables where relname = any (${BIG})`;
    const before = await counted();
    const [{ done } = {}] = await tx`select evaluate_alerts(1000) as done`;
    expect(done.evaluated).toBeGreaterThan(20);
    // Postgres has not reported yet what this connection did before.
    const earlier = new Map(before.map(({ relname, rows }) => [relname, rows]));
    return Object.fromEntries(
      (await counted()).map(({ relname, rows }) => [relname, rows - (earlier.get(relname) ?? 0)]),
    );
  });
}

test("An evaluation of all rules with 20,000 events reads less than 50 rows of events, deliveries or attempts", async () => {
  await sql`select evaluate_alerts(1000)`;
  await store(20);
  // The plans of small tables scan them.
  await rowsRead();
  await store(20_000);
  const many = await rowsRead();
  console.log(`rows read: ${JSON.stringify(many)}`);
  expect(Object.keys(many).sort()).toEqual(BIG.toSorted());
  for (const [table, rows] of Object.entries(many)) expect(rows, table).toBeLessThan(50);
});
