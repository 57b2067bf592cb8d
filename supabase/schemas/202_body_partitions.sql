-- The partitions of event_bodies: made ahead of the ids, so that forgetting can drop whole ones. The last one goes up
-- to maxvalue: wherever the sequence jumps to, and however long no worker runs, an insert finds a partition. It is cut
-- while nothing is in it. Called by lib/retention at the start of each process and every minute.

-- {name, from_id, to_id}, in their order; to_id is exclusive. Null is without end.
create function public.list_body_partitions() returns table (name text, from_id bigint, to_id bigint)
language sql stable set search_path = '' as $$
  select c.relname, substring(b.bound from 'FROM \(''(-?\d+)''\)')::bigint,
    substring(b.bound from 'TO \(''(-?\d+)''\)')::bigint
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  cross join lateral (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound) b
  where i.inhparent = 'public.event_bodies'::regclass
  order by 2 nulls first;
$$;

-- The id that no event has reached yet. A restored database may have bytes that its sequence knows nothing of.
create function public.next_event_id() returns bigint
language sql stable set search_path = '' as $$
  select greatest(
    coalesce(pg_catalog.pg_sequence_last_value(pg_get_serial_sequence('public.events', 'id')::regclass), 0),
    coalesce((select max(b.event_id) from public.event_bodies b), 0)
  ) + 1;
$$;

-- Webhooks a day: the last day, or the average of seven. Counted, because ids may jump.
create function public.webhooks_per_day() returns bigint
language sql stable set search_path = '' as $$
  select coalesce(greatest(
    sum(s.count) filter (where s.hour > public.now_() - interval '1 day'), ceil(sum(s.count) / 7)
  ), 0)::bigint
  from public.statistics_hours s
  where s.organisation_id = '' and s.hour > public.now_() - interval '7 days'
    and s.outcome in ('received', 'duplicate', 'conflict');
$$;

-- What is ready for the ids to come: {next_id, per_day, width, ahead, ahead_ids}. ahead: partitions with an end that no
-- id has reached. A partition is a week wide, or a month where bytes are kept for ever: a query that does not know its
-- id when it is planned locks each of them, so they stay few.
create function public.body_partitions_ahead() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('next_id', n.id, 'per_day', n.per_day,
    'width', least(100000000, ceil(greatest(100000, n.per_day * case
      when exists (select from public.retention r where r.class = 'bodies' and r.days is not null) then 7 else 30
    end) / 100000.0) * 100000)::bigint,
    'ahead', (select count(*) from public.list_body_partitions() p where p.from_id > n.id and p.to_id is not null),
    'ahead_ids', greatest(0, (select coalesce(max(p.to_id), n.id) from public.list_body_partitions() p) - n.id))
  from (select public.next_event_id() as id, public.webhooks_per_day() as per_day) n;
$$;

-- Makes partitions when fewer than two are ahead, or less than seven days: enough for fourteen. Answers {result,
-- ahead}: 'enough', 'made', 'busy' (others use the table; nothing was changed), or 'again' (a large last partition that
-- is in use is given its end in steps: call again). As the owner: the server's role may not make tables. Waits 100 ms
-- at most for the table, because accept would wait behind it.
create function public.ensure_body_partitions() returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '100ms' as $$
declare
  v_now jsonb;
  v_next bigint;
  v_width bigint;
  v_last record;
  v_end bigint;
  v_count integer;
  v_step text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('body_partitions', 1)) then
    return jsonb_build_object('result', 'busy');
  end if;
  v_now := public.body_partitions_ahead();
  v_next := (v_now ->> 'next_id')::bigint;
  v_width := (v_now ->> 'width')::bigint;
  if (v_now ->> 'ahead')::integer >= 2 and (v_now ->> 'ahead_ids')::bigint >= 7 * (v_now ->> 'per_day')::bigint then
    return jsonb_build_object('result', 'enough', 'ahead', v_now -> 'ahead');
  end if;
  v_count := least(32, greatest(3, ceil(14.0 * (v_now ->> 'per_day')::bigint / v_width)))::integer;

  select * into v_last from public.list_body_partitions() p where p.to_id is null;
  v_step := public.end_of_last_partition(v_last.name, v_last.from_id, v_next, v_width);
  if v_step = 'again' then
    return jsonb_build_object('result', v_step);
  end if;

  lock table public.event_bodies in access exclusive mode;
  -- Before it is detached: a row may have a higher id than the sequence.
  v_next := public.next_event_id();
  execute format('alter table public.event_bodies detach partition public.%I', v_last.name);
  execute format('select exists (select from public.%I)', v_last.name) into v_step;
  if v_step = 'true' then
    -- The rows of the first keep their table, which gets an end beyond every id that was drawn until now.
    v_end := coalesce(
      substring(public.ending_of(v_last.name) from '\d+')::bigint, (v_next / v_width + 1) * v_width
    );
    perform public.attach_bodies(v_last.name, v_last.from_id, v_end);
  else
    execute format('drop table public.%I', v_last.name);
    -- The first of them has the ids between, where they jumped.
    v_end := greatest(coalesce(v_last.from_id, 0), (v_next / v_width + 1) * v_width);
    perform public.make_bodies(v_last.from_id, v_end) where v_last.from_id is null or v_last.from_id < v_end;
  end if;
  for n in 1 .. v_count loop
    perform public.make_bodies(v_end, v_end + v_width);
    v_end := v_end + v_width;
  end loop;
  perform public.make_bodies(v_end, null);
  return jsonb_build_object('result', 'made', 'ahead', public.body_partitions_ahead() -> 'ahead');
exception when lock_not_available then
  return jsonb_build_object('result', 'busy');
end
$$;

-- Prepares the last partition for an end. A small one is read while it is attached, within the lock. Of a large one, a
-- constraint says first what that reading would find: it is checked without a lock that holds up inserts. Its end is
-- far then, because until the next step an id beyond it would be refused: ten million at least, or 15 partitions.
create function public.end_of_last_partition(p_name text, p_from bigint, p_next bigint, p_width bigint) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_ending text := public.ending_of(p_name);
  v_end bigint := (p_next / p_width + 1) * p_width + greatest(10000000, 15 * p_width);
begin
  if v_ending is null then
    if pg_catalog.pg_relation_size(format('public.%I', p_name)::regclass) < 64 * 1024 * 1024 then
      return 'ready';
    end if;
    execute format(
      'alter table public.%I add constraint %I check (%s event_id < %s) not valid', p_name, 'ends_at_' || v_end,
      'event_id >= ' || p_from || ' and', v_end
    );
    return 'again';
  elsif exists (
    select from pg_catalog.pg_constraint c
    where c.conrelid = format('public.%I', p_name)::regclass and c.conname = v_ending and not c.convalidated
  ) then
    execute format('alter table public.%I validate constraint %I', p_name, v_ending);
    return 'again';
  end if;
  return 'ready';
end
$$;

-- The constraint that gives a last partition its end; null when it has none yet.
create function public.ending_of(p_name text) returns text
language sql stable set search_path = '' as $$
  select c.conname from pg_catalog.pg_constraint c
  where c.conrelid = format('public.%I', p_name)::regclass and c.conname like 'ends\_at\_%';
$$;

create function public.make_bodies(p_from bigint, p_to bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_name text := 'event_bodies_from_' || coalesce(p_from, 0);
  v_role text;
begin
  execute format('create table public.%I (like public.event_bodies including all)', v_name);
  -- Whatever a host grants on new tables: only event_bodies itself is used.
  execute format('alter table public.%I enable row level security', v_name);
  execute format('revoke all on public.%I from public', v_name);
  -- An owner who may not create roles does without them.
  for v_role in select r.rolname from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role') loop
    execute format('revoke all on public.%I from %I', v_name, v_role);
  end loop;
  perform public.attach_bodies(v_name, p_from, p_to);
end
$$;

create function public.attach_bodies(p_name text, p_from bigint, p_to bigint) returns void
language plpgsql volatile set search_path = '' as $$
begin
  execute format(
    'alter table public.event_bodies attach partition public.%I for values from (%s) to (%s)', p_name,
    coalesce(p_from::text, 'minvalue'), coalesce(p_to::text, 'maxvalue')
  );
end
$$;
