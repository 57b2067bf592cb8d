-- Forgetting whole partitions of received bytes: what a batch does row by row (662_forget_rows.sql), at the cost of a
-- file. Called by lib/retention.

-- The first partition after p_after (its first id) that is past every horizon and holds nothing that is needed:
-- {name, from_id, to_id}. Null when there is none.
create function public.find_forgettable_bodies(p_after bigint) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_part record;
begin
  if public.newest_forgettable('bodies') is null then
    return null;
  end if;
  for v_part in
    select p.name, coalesce(p.from_id, 0) as from_id, p.to_id from public.list_body_partitions() p
    where coalesce(p.from_id, 0) > p_after and p.to_id is not null and p.to_id <= public.next_event_id()
    order by 2
  loop
    if exists (
      select from public.event_bodies b where b.event_id >= v_part.from_id and b.event_id < v_part.to_id
    ) and public.is_forgettable(v_part.from_id, v_part.to_id) then
      return to_jsonb(v_part);
    end if;
  end loop;
  return null;
end
$$;

-- Whether all bytes of a range may go. The newest event says at once for most that they may not.
create function public.is_forgettable(p_from bigint, p_to bigint) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return not exists (
    select from (
      select x.* from public.events x where x.id >= p_from and x.id < p_to order by x.id desc limit 1
    ) e
    where e.received_at >= public.newest_forgettable('bodies')
  ) and not public.has_events_in_use(p_from, p_to) and not exists (
    select from public.events e
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    where e.id >= p_from and e.id < p_to and public.has_body(e.id) and (
      e.received_at >= public.now_() - make_interval(
        days => case when o.id is null then public.days_kept('bodies', null) else o.days end
      )
    ) is not false
  );
end
$$;

-- Drops a partition, and puts an empty one in its place. p_exported: how many rows of it were exported, when they were.
-- Answers {result, rows}: 'dropped', 'kept' (something in it is needed again, or more is in it than was exported), or
-- 'busy' (others use the table, or make a replay: nothing was changed). As the owner: the server's role may not drop
-- tables.
create function public.drop_bodies(p_name text, p_exported bigint, p_file text) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '100ms' as $$
declare
  v_part record;
  v_rows bigint;
begin
  perform public.lock_forgetting(true);
  select p.name, coalesce(p.from_id, 0) as from_id, p.to_id into v_part
  from public.list_body_partitions() p where p.name = p_name;
  if v_part.to_id is null or v_part.to_id > public.next_event_id()
    or not public.is_forgettable(v_part.from_id, v_part.to_id)
  then
    return jsonb_build_object('result', 'kept', 'rows', 0);
  end if;
  select count(*) into v_rows
  from public.event_bodies b where b.event_id >= v_part.from_id and b.event_id < v_part.to_id;
  if v_rows > p_exported then
    return jsonb_build_object('result', 'kept', 'rows', 0);
  end if;

  insert into public.forgettings (class, days, first_id, last_id, ids, rows, file)
  select 'bodies', x.days, lower(x.ids), upper(x.ids) - 1, x.ids, x.rows, p_file
  from (
    select public.days_kept('bodies', o.organisation_id) as days, count(*) as rows,
      range_agg(int8range(e.id, e.id, '[]')) as ids
    from public.events e
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    where e.id >= v_part.from_id and e.id < v_part.to_id and public.has_body(e.id)
    group by 1
  ) x;
  lock table public.event_bodies in access exclusive mode;
  perform public.replace_bodies(v_part.from_id, v_part.to_id);
  return jsonb_build_object('result', 'dropped', 'rows', v_rows);
exception when lock_not_available then
  return jsonb_build_object('result', 'busy', 'rows', 0);
end
$$;

-- An empty partition in the place of one, and of the empty ones next to it: every id has a place at any time, and what
-- is left of old ones is a single table. The caller has the table alone.
create function public.replace_bodies(p_from bigint, p_to bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_part record;
  v_empty boolean;
  v_names text[] := '{}';
  v_from bigint;
  v_to bigint;
begin
  for v_part in
    select p.name, p.from_id, p.to_id from public.list_body_partitions() p
    where p.to_id <= public.next_event_id() order by p.from_id nulls first
  loop
    execute format('select not exists (select from public.%I)', v_part.name) into v_empty;
    if coalesce(v_part.from_id, 0) = p_from or v_empty then
      if v_names = '{}' then
        v_from := v_part.from_id;
      end if;
      v_names := v_names || v_part.name;
      v_to := v_part.to_id;
    else
      exit when v_to >= p_to;
      v_names := '{}';
    end if;
  end loop;
  for n in 1 .. cardinality(v_names) loop
    execute format('alter table public.event_bodies detach partition public.%I', v_names[n]);
    execute format('drop table public.%I', v_names[n]);
  end loop;
  perform public.make_bodies(v_from, v_to);
end
$$;
