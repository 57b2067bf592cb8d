import { afterAll, beforeAll, expect, test } from "vitest";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

test("every table has row level security on, and no policy opens it [S29]", async () => {
  const open = await desk.sql`
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`;
  expect(open).toEqual([]);
  expect(await desk.sql`select policyname from pg_policies where schemaname = 'public'`).toEqual([]);
});

test("anon and authenticated may read nothing, write nothing and call nothing [S29] [S30]", async () => {
  for (const role of ["anon", "authenticated"]) {
    const tables = await desk.sql`
      select c.relname from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p')
        and has_table_privilege(${role}, c.oid, 'select, insert, update, delete')`;
    const functions = await desk.sql`
      select p.proname from pg_proc p
      where p.pronamespace = 'public'::regnamespace and has_function_privilege(${role}, p.oid, 'execute')`;
    expect([role, tables, functions]).toEqual([role, [], []]);
  }
});

test("service_role may call every function, and may not rewrite what staff did [S34]", async () => {
  const closed = await desk.sql`
    select p.proname from pg_proc p
    where p.pronamespace = 'public'::regnamespace and not has_function_privilege('service_role', p.oid, 'execute')`;
  expect(closed).toEqual([]);
  const [audit] = await desk.sql`
    select has_table_privilege('service_role', 'public.staff_actions', 'update') as may_update,
      has_table_privilege('service_role', 'public.staff_actions', 'delete') as may_delete`;
  expect(audit).toEqual({ may_update: false, may_delete: false });
});

test("every function pins its search_path, and only those that make, drop and forget run as their owner [S29]", async () => {
  // A body that was parsed at creation resolves no names later, and may be inlined without a search_path.
  const loose = await desk.sql`
    select p.proname from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.prosqlbody is null and not coalesce(p.proconfig::text, '') like '%search_path=%'`;
  expect(loose).toEqual([]);
  // Tables cannot be made or dropped, nor the audit log be shortened, by the server's role. Each checks what it does.
  const owners = await desk.sql`
    select p.proname as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`;
  expect(owners.map(({ name }) => name)).toEqual(["drop_bodies", "ensure_body_partitions", "forget_staff_actions"]);
});
