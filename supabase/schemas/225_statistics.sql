-- How requests, attempts and events are counted, in the same transaction as what they count.

-- Which buckets a scope reads: those of its organisations, or the one of all.
create function public.statistics_of(p_scope text[]) returns text[]
language sql immutable set search_path = '' as $$
  select coalesce(p_scope, '{""}');
$$;

-- Adds to the buckets of this minute and hour. p_counts: [{organisation_id?, provider, event_type, outcome, count,
-- duration_ms?}], any order: a duration is that of one attempt, whatever its count. Of each batch of events, so its
-- plans are kept: a function in SQL is planned at each call.
create function public.add_statistics(p_counts jsonb) returns void
language plpgsql volatile set search_path = '' as $$
begin
  with counted as materialized (
    select o.id, c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint as shard,
      sum(c.count) as count,
      public.latency_histogram(array_agg(c.duration_ms) filter (where c.duration_ms is not null)) as latency
    from jsonb_to_recordset(p_counts) as c(
      organisation_id text, provider text, event_type text, outcome text, count bigint, duration_ms integer
    )
    cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
    where o.id is not null
    group by 1, 2, 3, 4
    -- Sorted: two transactions that share rows lock them in the same order.
    order by 1, 2, 3, 4
  ),
  by_minute as (
    insert into public.statistics as s (
      organisation_id, minute, provider, event_type, outcome, shard, count, latency
    )
    select c.id, date_trunc('minute', public.now_()), c.provider, c.event_type, c.outcome, c.shard, c.count, c.latency
    from counted c
    on conflict (organisation_id, minute, provider, event_type, outcome, shard) do update
      set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency)
  )
  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select c.id, date_trunc('hour', public.now_(), 'UTC'), c.provider, c.event_type, c.outcome, c.shard, c.count
  from counted c
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
end
$$;

-- Keeps how many of the events that came in a minute ended well (`succeeded`: processed, replayed or resolved) and how
-- many are dead (`lost`), as they are now: a dead event that is replayed moves from one to the other. What a success
-- rate is made of (event_success_rate): each event counts once in it, however often it was tried.
-- Counts an event as `applied` when all its deliveries have succeeded, in the minute of that and with the time since it
-- was received. What a replay delivered is not in it: a person chose that time.
create function public.note_event_outcomes() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_changes jsonb;
  v_counters jsonb;
  v_shard smallint;
begin
  with changed as materialized (
    -- Added up and not joined: the plans of a caller may have no other join than a loop.
    select w.id, min(w.organisation_id) as organisation_id, min(w.received_at) as received_at,
      min(w.provider) as provider, min(w.event_type) as event_type,
      max(w.status) filter (where w.new) as status, max(w.status) filter (where not w.new) as before,
      max(w.status) filter (where w.new) = 'processed'
        and max(w.processed_at) filter (where not w.new) is null as applied,
      least(extract(epoch from max(w.processed_at) - min(w.received_at)) * 1000, 2147483647)::integer as ms
    from (
      select n.id, coalesce(n.organisation_id, '') as organisation_id, n.received_at, n.provider, n.event_type,
        n.status, n.processed_at, true as new
      from after_change n
      union all
      select b.id, coalesce(b.organisation_id, ''), b.received_at, b.provider, b.event_type, b.status, b.processed_at,
        false
      from before_change b
    ) w
    group by w.id
    having max(w.status) filter (where w.new) <> max(w.status) filter (where not w.new)
  ),
  counted as (
    select c.organisation_id as o, date_trunc('minute', c.received_at) as at, c.provider, c.event_type, x.outcome,
      sum(x.change) as count, null::integer[] as latency, 0 as ms
    from changed c
    cross join lateral (
      values (public.event_outcome(c.status), 1), (public.event_outcome(c.before), -1)
    ) as x(outcome, change)
    where x.outcome is not null
    group by 1, 2, 3, 4, 5
    having sum(x.change) <> 0
    union all
    select c.organisation_id, date_trunc('minute', public.now_()), c.provider, c.event_type, 'applied', count(*),
      public.latency_histogram(array_agg(c.ms), public.applied_bounds()), sum(c.ms)
    from changed c
    where c.applied
    group by 1, 2, 3, 4
  ),
  counters as (
    select 'event' as metric, c.provider as label,
      case c.status when 'dead' then 'failed' else 'processed' end as outcome, count(*) as count,
      0 as duration_ms, null::integer[] as latency
    from changed c
    where c.status in ('processed', 'replayed', 'dead')
    group by 2, 3
    union all
    select 'event', c.provider, 'applied', count(*), sum(c.ms),
      public.latency_histogram(array_agg(c.ms), public.applied_bounds())
    from changed c
    where c.applied
    group by 2
  )
  select (select jsonb_agg(to_jsonb(c)) from counted c), (select jsonb_agg(to_jsonb(c)) from counters c)
  into v_changes, v_counters;

  if v_counters is not null then
    perform public.add_counters(v_counters);
  end if;
  if v_changes is null then
    return null;
  end if;

  -- Events of any minute may change together, in any order, by several statements of a transaction.
  v_shard := public.free_shard();

  insert into public.statistics as s (organisation_id, minute, provider, event_type, outcome, shard, count, latency)
  select o.id, c.at, c.provider, c.event_type, c.outcome, v_shard, sum(c.count),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}')
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint, latency integer[]
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, minute, provider, event_type, outcome, shard)
    do update set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency);

  insert into public.statistics_hours as h (
    organisation_id, hour, provider, event_type, outcome, shard, count, latency, duration_ms
  )
  select o.id, date_trunc('hour', c.at, 'UTC'), c.provider, c.event_type, c.outcome, v_shard, sum(c.count),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}'), sum(c.ms)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint, latency integer[], ms bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count, latency = public.add_latency(h.latency, excluded.latency),
      duration_ms = h.duration_ms + excluded.duration_ms;
  return null;
end
$$;

create trigger note_event_outcomes after update on public.events
referencing old table as before_change new table as after_change
for each statement execute function public.note_event_outcomes();

-- What an event counts as once it is finished; null while it is not, or when nothing wanted it.
create function public.event_outcome(p_status public.event_status) returns text
language sql immutable
return case
  when p_status in ('processed', 'replayed', 'resolved') then 'succeeded'
  when p_status = 'dead' then 'lost'
end;

-- The success rate, defined here and nowhere else: of the events received in a period that are finished, how many in a
-- hundred ended well. Null when none is finished. p_counts has `succeeded` and `lost`.
create function public.event_success_rate(p_counts jsonb) returns numeric
language sql immutable set search_path = '' as $$
  select round(100.0 * (p_counts ->> 'succeeded')::bigint
    / nullif((p_counts ->> 'succeeded')::bigint + (p_counts ->> 'lost')::bigint, 0), 2);
$$;
