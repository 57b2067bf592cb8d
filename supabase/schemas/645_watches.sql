-- Which runs the schedule asks for, and what a client may ask of ours. Called by lib/reconciliation/watches.ts.

-- Takes what is due of these sources, and says when each is due next. p_sources: [{provider, source_id, wait_seconds,
-- horizon_days}], all that have an API key: a source without one has no runs. One that is new gets the default
-- schedule. Answers [{provider, source_id, from_ts, to_ts, back_fills, started_by}]. While a run of the schedule is
-- under way no other is asked for. After a downtime the run begins where the last complete one ended.
create function public.due_watches(p_sources jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_due jsonb;
begin
  insert into public.watches (provider, source_id)
  select s.provider, s.source_id
  from jsonb_to_recordset(p_sources) as s(provider text, source_id bigint)
  order by 1, 2
  on conflict do nothing;

  with due as (
    select w.*, s.wait_seconds, s.horizon_days, w.next_daily_run_at <= public.now_() as is_daily
    from public.watches w
    join jsonb_to_recordset(p_sources) as s(provider text, source_id bigint, wait_seconds integer, horizon_days integer)
      on s.provider = w.provider and s.source_id is not distinct from w.source_id
    where w.enabled and w.next_run_at <= public.now_() and not exists (
      select from public.reconciliations r
      where r.provider = w.provider and r.source_id is not distinct from w.source_id
        and r.started_by in ('schedule', 'downtime') and r.status in ('queued', 'running')
    )
    order by w.id
    for update of w skip locked
  ),
  taken as (
    update public.watches w set
      next_run_at = public.now_() + make_interval(secs => w.every_seconds),
      next_daily_run_at = case when d.is_daily then public.now_() + interval '1 day' else w.next_daily_run_at end
    from due d
    where w.id = d.id
  ),
  spans as (
    select d.*, public.now_() - make_interval(secs => d.wait_seconds) as until,
      public.now_() - make_interval(secs => d.wait_seconds) - make_interval(
        secs => case when d.is_daily then greatest(d.daily_window_seconds, d.window_seconds) else d.window_seconds end
      ) as since
    from due d
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', s.provider, 'source_id', s.source_id, 'to_ts', public.iso(s.until), 'back_fills', s.back_fills,
    'from_ts', public.iso(greatest(
      least(s.since, s.covered_until), s.until - make_interval(days => least(coalesce(s.horizon_days, 31), 31))
    )),
    'started_by', case when s.covered_until < s.since then 'downtime' else 'schedule' end
  ) order by s.id), '[]') into v_due
  from spans s;
  return v_due;
end
$$;

-- Our own events of a source in a span, the newest of each object, in the order of the objects' ids after p_after: for
-- providers that answer for known ids alone. Answers [{objectId, eventKey, eventType, occurredAt, payload}].
create function public.list_own_objects(
  p_provider text, p_source_id bigint, p_from timestamptz, p_to timestamptz, p_types text[], p_after text,
  p_limit integer
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'objectId', e.object_id, 'eventKey', e.event_key, 'eventType', e.event_type,
    'occurredAt', public.iso(coalesce(e.occurred_at, e.received_at)), 'payload', public.payload_of(e)
  ) order by e.object_id collate "C"), '[]')
  from (
    select distinct on (o.object_id collate "C") o.id
    from public.events o
    -- What is received is not older than its time, give or take the clocks.
    where o.provider = p_provider and o.source_id is not distinct from p_source_id and o.variant_of is null
      and o.received_at >= p_from - interval '1 hour' and coalesce(o.occurred_at, o.received_at) >= p_from
      and coalesce(o.occurred_at, o.received_at) < p_to and o.object_id collate "C" > coalesce(p_after, '') collate "C"
      and public.is_subscribed(p_types, o.event_type)
    order by o.object_id collate "C", coalesce(o.occurred_at, o.received_at) desc, o.id desc
    limit p_limit
  ) x
  join public.events e on e.id = x.id;
$$;
