/** The layout of tables that grow, and that rows from before it survive. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { localMigrations } from "@/lib/db/migrations";
import { createDatabase } from "@/lib/db/throwaway";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { bodyOf } from "@/lib/samples/ids";
import { storedBody } from "../support/bodies";
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

test("Bytes go with their event, whoever deletes it", async () => {
  const [first, second] = await Promise.all([send("stripe", stripeEvent()), send("stripe", stripeEvent())]);
  const kept = eventIdIn(second);
  await desk.sql`delete from events where id = ${eventIdIn(first)}`;
  expect(await desk.sql`select event_id::int as id from event_bodies`).toEqual([{ id: kept }]);
  await desk.sql`truncate events`;
  expect(await desk.sql`select event_id from event_bodies`).toEqual([]);
});

test.each([
  ["cannot be written", "raise exception 'disk full'"],
  ["are not written", "return null"],
])(
  "No webhook is acknowledged without its bytes: when they %s, nothing is stored, and it is taken when it comes again",
  async (_how, what) => {
    const event = stripeEvent();
    await desk.sql.unsafe(`
    create function refuse_bytes() returns trigger language plpgsql as $$ begin ${what}; end $$;
    create trigger refuse_bytes before insert on event_bodies for each row execute function refuse_bytes()`);
    const answer = await send("stripe", event).finally(() => desk.sql.unsafe("drop function refuse_bytes cascade"));
    expect(answer.status).toBe(503);
    expect(await desk.sql`select id from events where event_key = ${event.id}`).toEqual([]);
    expect(await desk.sql`select from event_keys where key_hash = sha256(convert_to(${event.id}, 'UTF8'))`).toEqual([]);

    const again = await send("stripe", event);
    expect([again.status, JSON.parse(again.body)]).toMatchObject([200, { duplicate: false }]);
    expect(await storedBody(desk.sql, eventIdIn(again))).toEqual(bodyOf(event));
  },
);

test("Rows from before bodies and keys had tables of their own are there after the move, their bytes are the same, and their events are known by their keys", async () => {
  const server = process.env.TEST_POSTGRES_URL as string;
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(server, name, "template1");
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const all = localMigrations();
    const earlier = all.slice(
      0,
      all.findIndex((one) => one.name === "hardening"),
    );
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
    await sql.unsafe(CONFLICTS);
    const before = await sql.unsafe(STORED);
    const bodies =
      await sql`select id as event_id, octet_length(raw_body) as body_size, raw_body from events order by id`;

    await migrate(url, () => {});

    expect(await sql.unsafe(STORED)).toEqual(before);
    expect(before).toMatchObject([{ events: 4, deliveries: 4, attempts: 4 }]);
    const moved = await sql`
      select event_id, body_size, raw_body from event_bodies b join events e on e.id = b.event_id
      where variant_of is null order by event_id`;
    expect(moved).toEqual(bodies);
    expect(moved.map(({ body_size }) => body_size)).toEqual([3, 3, 5, 300_000]);
    // Two other versions of the first event, one of which had come twice.
    const versions = await sql`
      select variant_of::int, status, event_key, convert_from(body_of(id), 'UTF8') as body, body_size from events
      where variant_of is not null order by id`;
    expect(versions).toEqual(
      ["two bytes", "three bytes"].map((body) => ({
        variant_of: 1,
        status: "ignored",
        event_key: "one",
        body,
        body_size: body.length,
      })),
    );
    const [answer] = await sql`select accept_events(${sql.json([ONE_AGAIN])}) as answer`;
    expect(answer?.answer).toMatchObject([{ event_id: 1, outcome: "duplicate" }]);

    // The subscription of a business is taken over, so that a late event of another one does not replace it.
    const other = { stripe_customer_id: "cus_moved", status: "incomplete_expired", started_at: "2026-02-01T00:00:00Z" };
    const late = { table: "subscriptions", key: { subscription_id: "sub_other" }, values: other };
    const version = "2027-01-01T00:00:00.000000Z#01#evt_late";
    await sql`select apply_changes(${sql.json([{ ...late, version }])})`;
    expect(
      await sql`select stripe_subscription_id as sub, subscription_status as status, subscription_plan as plan from businesses`,
    ).toEqual([{ sub: "sub_moved", status: "active", plan: "basic" }]);
    // And an older event of its own does not take it back.
    const older = { ...late, key: { subscription_id: "sub_moved" }, values: { ...other, status: "past_due" } };
    const state = { before: [null, null], after: ["x", "y"] };
    const event = { provider: "stripe", key: "evt_old", received: "2027" };
    const [old] = await sql`
      select apply_changes(${sql.json([{ ...older, state, event, version: "2025-01-01T00:00:00.000000Z#01#evt_old" }])}) as done`;
    expect(old?.done[0]).toMatchObject({ effect: "superseded", after: { status: "active" } });
  } finally {
    await sql.end({ timeout: 1 });
    await execute(server, `drop database if exists "${name}" with (force)`);
  }
});

/**
 * Events of one provider, each delivered once: written as every version since the first can hold them. The last one is long enough
 * to be kept out of its row, and no text.
 */
const ROWS = `
  insert into destinations (slug, name, kind, providers, url) values ('shop', 'Shop', 'http', '{*}', 'http://127.0.0.1:9');
  insert into events (provider, event_key, event_key_hash, event_type, status, trust, parse_status, raw_body, body_sha256,
    fingerprint, method, path, headers)
  select 'stripe', word, sha256(convert_to(word, 'UTF8')), 'a.type', 'processed', 'signed', 'not_json',
    convert_to(word, 'UTF8'), sha256(convert_to(word, 'UTF8')), sha256(convert_to(word, 'UTF8')), 'POST', '/', '[]'
  from unnest(array['one', 'two', 'three', 'four']) with ordinality as w(word, n) order by n;
  update events set raw_body = decode(repeat('00ff5c', 100000), 'hex') where event_key = 'four';
  insert into deliveries (event_id, destination_id, status, finished_at, attempt_count)
  select e.id, d.id, 'delivered', now(), 1 from events e cross join destinations d;
  insert into businesses (stripe_customer_id, stripe_subscription_id, subscription_status, subscription_plan,
    subscription_start_date, versions)
  values ('cus_moved', 'sub_moved', 'active', 'basic', '2026-01-01',
    '{"subscription_status": "2026-01-05T00:00:00.000000Z#01#evt_1"}');
  insert into attempts (delivery_id, number, status, fence, worker, finished_at)
  select id, 1, 'succeeded', 1, 'w', now() from deliveries;`;

const CONFLICTS = `
  insert into event_conflicts (event_id, raw_body, headers)
  select 1, convert_to(word, 'UTF8'), '[]' from unnest(array['two bytes', 'three bytes', 'two bytes']) as w(word);`;

const STORED = `
  select (select count(*)::int from events where fingerprint in (select sha256(convert_to(w, 'UTF8'))
    from unnest(array['one', 'two', 'three', 'four']) w)) as events, (select count(*)::int from deliveries) as deliveries,
    (select string_agg(encode(body_sha256, 'hex'), ',' order by id) from events where id <= 4) as hashes,
    (select count(*)::int from attempts) as attempts, (select max(received_at) from events where id <= 4) as newest`;

/** The first of them again, as accept.ts passes it to SQL. */
const ONE_AGAIN = {
  ...{ n: 1, provider: "stripe", event_key: "one", event_type: "a.type", source_id: null, trust: "signed" },
  ...{ parse_status: "not_json", flags: [], method: "POST", path: "/", headers: [], body: btoa("one") },
  fingerprint: "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
};
