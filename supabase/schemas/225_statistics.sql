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
  insert into public.statistics as s (
    organisation_id, minute, provider, event_type, outcome, shard, count, latency
  )
  select o.id, date_trunc('minute', public.now_()), c.provider, c.event_type, c.outcome,
    (pg_backend_pid() % 16)::smallint,
    sum(c.count), public.latency_histogram(array_agg(c.duration_ms) filter (where c.duration_ms is not null))
  from jsonb_to_recordset(p_counts) as c(
    organisation_id text, provider text, event_type text, outcome text, count bigint, duration_ms integer
  )
  cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
  where o.id is not null
  group by o.id, c.provider, c.event_type, c.outcome
  -- Sorted: two transactions that share rows lock them in the same order.
  order by o.id, c.provider, c.event_type, c.outcome
  on conflict (organisation_id, minute, provider, event_type, outcome, shard) do update
    set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency);

  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select o.id, date_trunc('hour', public.now_(), 'UTC'), c.provider, c.event_type, c.outcome,
    (pg_backend_pid() % 16)::smallint,
    sum(c.count)
  from jsonb_to_recordset(p_counts) as c(
    organisation_id text, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
  where o.id is not null
  group by o.id, c.provider, c.event_type, c.outcome
  order by o.id, c.provider, c.event_type, c.outcome
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
end
$$;

-- Keeps how many of the events that came in a minute ended well (`succeeded`: processed, replayed or resolved) and how
-- many are dead (`lost`), as they are now: a dead event that is replayed moves from one to the other. What a success
-- rate is made of (event_success_rate): each event counts once in it, however often it was tried.
create function public.note_event_outcomes() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_changes jsonb;
  v_shard smallint;
begin
  select jsonb_agg(jsonb_build_object(
    'o', c.organisation_id, 'at', c.received_at, 'provider', c.provider, 'event_type', c.event_type,
    'outcome', c.outcome,
    'count', c.count
  ))
  into v_changes
  from (
    -- Added up and not joined: what did not change cancels itself out, and the plans of a caller may have no other join
    -- than a loop.
    select coalesce(w.organisation_id, '') as organisation_id, date_trunc('minute', w.received_at) as received_at,
      w.provider, w.event_type, public.event_outcome(w.status) as outcome, sum(w.change) as count
    from (
      select n.organisation_id, n.received_at, n.provider, n.event_type, n.status, 1 as change from after_change n
      union all
      select b.organisation_id, b.received_at, b.provider, b.event_type, b.status, -1 from before_change b
    ) w
    where public.event_outcome(w.status) is not null
    group by 1, 2, 3, 4, 5
    having sum(w.change) <> 0
  ) c;
  if v_changes is null then
    return null;
  end if;

  -- Events of any minute may change together, in any order, by several statements of a transaction: a shard of its own,
  -- as long as there is one, keeps it from waiting for another.
  select s.shard into v_shard
  from generate_series(0, 15) as s(shard)
  where pg_try_advisory_xact_lock(1163284301, s.shard)
  order by s.shard
  limit 1;
  v_shard := coalesce(v_shard, (pg_backend_pid() % 16)::smallint);

  insert into public.statistics as s (organisation_id, minute, provider, event_type, outcome, shard, count)
  select o.id, c.at, c.provider, c.event_type, c.outcome, v_shard, sum(c.count)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, minute, provider, event_type, outcome, shard)
    do update set count = s.count + excluded.count;

  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select o.id, date_trunc('hour', c.at, 'UTC'), c.provider, c.event_type, c.outcome, v_shard, sum(c.count)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
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
