-- How the journey is planned. A connection plans a statement once and keeps the plan; on a young database, or minutes
-- after a flood, that plan was made for tables of a few rows: it scans them, and turns 1 ms into 30 when they have
-- 10,000. The functions of the journey touch a handful of rows by key, whatever the tables hold, so they never do
-- anything else. So do those that look for what changed, and for what a user types.

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    -- A name that is not a function ends this with an error.
    select ('public.' || n.name)::regproc::oid
    from unnest(array[
      'accept_events', 'suspected_replays', 'expire_leases', 'claim_deliveries', 'record_attempts',
      'settle_deliveries', 'roll_up_events', 'advance_replays', 'advance_replay', 'maintain_destinations',
      'hold_deliveries', 'release_deliveries', 'claim_windows', 'match_entries', 'match_keys', 'record_page',
      'heal_findings', 'settle_findings', 'back_fill', 'changes_since', 'search_everything', 'find_events',
      'find_organisations'
    ]) as n(name)
  loop
    execute format(
      'alter function %s set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
         set enable_mergejoin = off', v_function
    );
  end loop;
end
$$;

-- Nor is there anything to choose by what they are asked for, and planning anew for each batch took a third of the
-- database's time of an event. Whatever they call is planned so, too.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select ('public.' || n.name)::regproc::oid
    from unnest(array[
      'accept_events', 'claim_deliveries', 'record_attempts', 'advance_replays', 'maintain_destinations',
      'match_entries', 'record_page', 'heal_findings', 'back_fill'
    ]) as n(name)
  loop
    execute format('alter function %s set plan_cache_mode = force_generic_plan', v_function);
  end loop;
end
$$;

-- Where Postgres was built with LLVM (Debian, Supabase, RDS), a plan that looks expensive is compiled before it runs.
-- Those plans above look very expensive, because what they may not do is priced at 1e10, and compiling one takes
-- seconds, on each new connection. No statement of ours runs long enough to earn that. It is said here, per function,
-- because this holds on every way to the database: a pooler or PostgREST opens its connections as it likes. What runs
-- within a function is under its setting, so the ones that can only be called from others, per row, need none and stay
-- free of its cost. Nor do those whose body was parsed when they were created: a setting would keep them from being
-- inlined.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.provolatile <> 'i' and not p.proretset
      and p.prosqlbody is null and p.prorettype <> 'trigger'::regtype
      and not exists (
        select from unnest(p.proargtypes::oid[]) a(type) join pg_catalog.pg_type t on t.oid = a.type
        where t.typtype = 'c'
      )
  loop
    execute format('alter function %s set jit = off', v_function);
  end loop;
end
$$;
