/** One clock in SQL (025_clock.sql): a test shifts it by hours, also for connections that already used it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { claim } from "@/lib/pipeline/claim";
import { shiftClock } from "../support/clock";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";

let desk: Desk;
let endpoint: Endpoint;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(async () => {
  await endpoint.close();
  await shiftClock(desk.sql, "0");
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, staff_actions, notices cascade`;
  await desk.sql`delete from destinations where managed`;
});

test("A retry that is due in hours is made at once when the clock is shifted, and is recorded in that hour", async () => {
  await addDestination(desk.sql, "shop", endpoint.url, { base_delay_ms: 4 * 3_600_000 });
  endpoint.answer(500);
  await publish(desk.sql, "shop", 1);
  expect(await workUntilIdle()).toBe(1);
  expect(await claim("test", 10, 30)).toMatchObject({ work: [] });

  await shiftClock(desk.sql, "9 hours");
  endpoint.answer(200);
  expect(await workUntilIdle()).toBe(1);
  const rows = await desk.sql`
    select d.status, d.finished_at > now() + interval '8 hours' as later,
      (select max(h.last_success_at) from destination_health h) > now() + interval '8 hours' as healthy_later
    from deliveries d`;
  expect(rows).toEqual([{ status: "delivered", later: true, healthy_later: true }]);
});

test("A lease lasts as long by the shifted clock, and ends when that clock says so", async () => {
  await addDestination(desk.sql, "shop", endpoint.url);
  await shiftClock(desk.sql, "2 days");
  await publish(desk.sql, "shop", 1);
  expect((await claim("one", 10, 30)).work).toHaveLength(1);
  expect((await claim("two", 10, 30)).work).toHaveLength(0);

  await shiftClock(desk.sql, "2 days 1 minute");
  expect((await claim("two", 10, 30)).work).toMatchObject([{ attempt_number: 2 }]);
});

test("Asking the clock costs nothing: a plan has Postgres' own in its place", async () => {
  const plan =
    await desk.sql`explain select from deliveries d where d.lease_until < public.now_() and d.status = 'claimed'`;
  const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
  expect(text).toContain("now() + ");
  expect(text).not.toContain("now_()");
});

test("Every default time of a table is by this clock", async () => {
  const others = await desk.sql`
    select c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_attrdef d
    join pg_class c on c.oid = d.adrelid and c.relnamespace = 'public'::regnamespace
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where a.atttypid = 'timestamptz'::regtype and pg_get_expr(d.adbin, d.adrelid) <> 'public.now_()'
      and pg_get_expr(d.adbin, d.adrelid) <> 'now_()'`;
  expect(others).toEqual([]);
});

test("The server's role cannot shift the clock, and production has it at zero", async () => {
  expect(await desk.sql`select clock_shift()::text as ahead`).toEqual([{ ahead: "00:00:00" }]);
  await expect(
    desk.sql.begin(async (transaction) => {
      await transaction`set local role service_role`;
      await transaction`
        create or replace function public.clock_shift() returns interval language sql stable return interval '1 day'`;
    }),
  ).rejects.toMatchObject({ code: "42501" });
});
