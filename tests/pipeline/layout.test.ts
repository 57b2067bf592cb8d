/** How the tables are laid out for what grows, and that rows written before the newest migration survive it. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { localMigrations } from "@/lib/db/migrations";
import { createDatabase } from "@/lib/db/throwaway";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { type Desk, eventIdIn, openDesk, send } from "../support/desk";
import { execute } from "../support/postgres";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

test("No foreign key leads to a table that grows with traffic, so that it can be partitioned by time", async () => {
  const keys = await desk.sql`
    select conname from pg_constraint
    where contype = 'f' and confrelid in ('events'::regclass, 'deliveries'::regclass, 'attempts'::regclass)`;
  expect(keys).toEqual([]);
});

test("A key outlives its event: a provider's retry is a duplicate after the event is gone, and makes no second one", async () => {
  const event = stripeEvent();
  const id = eventIdIn(await send("stripe", event));
  await desk.sql`delete from events where id = ${id}`;
  const again = await send("stripe", event);
  expect([again.status, JSON.parse(again.body)]).toMatchObject([200, { duplicate: true, event_id: `we_${id}` }]);
  expect(await desk.sql`select id from events`).toEqual([]);
  expect(await desk.sql`select provider, variant, event_id::int from event_keys`).toEqual([
    { provider: "stripe", variant: "", event_id: id },
  ]);
});

test("Rows from before the newest migration are there after it, and their events are known by their keys", async () => {
  const server = process.env.TEST_POSTGRES_URL as string;
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(server, name, "template1");
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const earlier = localMigrations().slice(0, -1);
    await sql.unsafe(
      "create schema supabase_migrations; create table supabase_migrations.schema_migrations (version text)",
    );
    for (const { version, file } of earlier) {
      await sql.unsafe(readFileSync(file, "utf8"));
      await sql`insert into supabase_migrations.schema_migrations (version) values (${version})`;
    }
    await sql`alter table supabase_migrations.schema_migrations add primary key (version),
      add column statements text[], add column name text`;
    await sql.unsafe(ROWS);
    const before = await sql.unsafe(LOOK);

    await migrate(url, () => {});

    expect(await sql.unsafe(LOOK)).toEqual(before);
    expect(before).toMatchObject([{ events: 3, bodies: "one,two,three", deliveries: 3, attempts: 3 }]);
    const [answer] = await sql`select accept_events(${sql.json([ONE_AGAIN])}) as answer`;
    expect(answer?.answer).toMatchObject([{ event_id: 1, outcome: "duplicate" }]);
  } finally {
    await sql.end({ timeout: 1 });
    await execute(server, `drop database if exists "${name}" with (force)`);
  }
});

/** Three events of one provider, each delivered once: written as every version since the first can hold them. */
const ROWS = `
  insert into destinations (slug, name, kind, providers, url) values ('shop', 'Shop', 'http', '{*}', 'http://127.0.0.1:9');
  insert into events (provider, event_key, event_key_hash, event_type, status, trust, parse_status, raw_body, body_sha256,
    fingerprint, method, path, headers)
  select 'stripe', word, sha256(convert_to(word, 'UTF8')), 'a.type', 'processed', 'signed', 'not_json',
    convert_to(word, 'UTF8'), sha256(convert_to(word, 'UTF8')), sha256(convert_to(word, 'UTF8')), 'POST', '/', '[]'
  from unnest(array['one', 'two', 'three']) with ordinality as w(word, n) order by n;
  insert into deliveries (event_id, destination_id, status, finished_at, attempt_count)
  select e.id, d.id, 'delivered', now(), 1 from events e cross join destinations d;
  insert into attempts (delivery_id, number, status, fence, worker, finished_at)
  select id, 1, 'succeeded', 1, 'w', now() from deliveries;`;

const LOOK = `
  select (select count(*)::int from events) as events, (select count(*)::int from deliveries) as deliveries,
    (select string_agg(convert_from(raw_body, 'UTF8'), ',' order by id) from events) as bodies,
    (select count(*)::int from attempts) as attempts, (select max(received_at) from events) as newest`;

/** The first of them once more, as accept.ts gives it to SQL. */
const ONE_AGAIN = {
  ...{ n: 1, provider: "stripe", event_key: "one", event_type: "a.type", source_id: null, trust: "signed" },
  ...{ parse_status: "not_json", flags: [], method: "POST", path: "/", headers: [], body: btoa("one") },
  fingerprint: "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
};
