-- What GET /api/metrics says of the database. Reads sums, counters and probes of indexes that stop early: its cost is
-- the same with any number of events. Called by lib/queries/metrics.ts, for those who see all organisations.

-- Moves metric_totals on, by a month at most, up to an hour that no longer changes. Answers whether more is to be
-- moved.
create function public.move_metric_totals() returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_last timestamptz := date_trunc('hour', public.now_() - interval '1 hour', 'UTC');
  v_from timestamptz;
  v_until timestamptz;
begin
  -- One at a time: what two added would count twice.
  if not pg_try_advisory_xact_lock(1163284302) then
    return false;
  end if;
  select coalesce(
    (select max(t.until) from public.metric_totals t),
    (select min(h.hour) from public.statistics_hours h where h.organisation_id = '')
  ) into v_from;
  v_until := least(v_from + interval '31 days', v_last);
  if v_from is null or v_until <= v_from then
    return false;
  end if;

  insert into public.metric_totals as t (provider, outcome, until, count)
  select h.provider, h.outcome, v_until, sum(h.count)
  from public.statistics_hours h
  where h.organisation_id = '' and h.hour >= v_from and h.hour < v_until
    and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
  group by h.provider, h.outcome
  on conflict (provider, outcome) do update set count = t.count + excluded.count, until = excluded.until;

  -- All of them together, also those that nothing was added to: there is one hour up to which all are summed.
  update public.metric_totals t set until = v_until where t.until <> v_until;
  return v_until < v_last;
end
$$;

-- {requests, events, applied, attempts, attempt_durations, replay_items, notifications, waiting, dead_letters,
-- replays_running, providers, alerts_firing}: see lib/db/functions/metrics.ts. p_providers: those that post to an
-- endpoint. What is counted of waiting work, dead letters and findings stops at 10,000.
create function public.read_metrics(p_providers text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.read_counters() || public.read_waiting_metrics() || jsonb_build_object(
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'outcome', r.outcome, 'count', r.count))
      from (
        select x.provider, x.outcome, sum(x.count) as count
        from (
          select t.provider, t.outcome, t.count from public.metric_totals t
          union all
          select h.provider, h.outcome, h.count
          from public.statistics_hours h
          where h.organisation_id = '' and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
            and h.hour >= coalesce((select max(t.until) from public.metric_totals t), '-infinity')
        ) x
        group by x.provider, x.outcome
      ) r
    ), '[]'),
    'providers', public.read_provider_metrics(p_providers),
    'alerts_firing', coalesce((
      select jsonb_object_agg(a.severity, a.count)
      from (
        select x.severity, count(*) as count from public.alerts x where x.resolved_at is null group by x.severity
      ) a
    ), '{}')
  );
$$;

-- Counters since the beginning: the sums of their shards.
create function public.read_counters() returns jsonb
language sql stable set search_path = '' as $$
  with counters as materialized (
    select m.metric, m.label, m.outcome, m.error_class, sum(m.count) as count, sum(m.duration_ms) as duration_ms,
      public.sum_latency(array_agg(m.latency) filter (where m.latency is not null)) as latency
    from public.metric_counters m
    group by 1, 2, 3, 4
  )
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'provider', c.label, 'outcome', c.outcome, 'count', c.count
    )) filter (where c.metric = 'event' and c.outcome <> 'applied'), '[]'),
    'applied', jsonb_build_object(
      'bounds', public.applied_bounds(),
      'duration_ms', coalesce(sum(c.duration_ms) filter (where c.outcome = 'applied'), 0),
      'latency', public.sum_latency(array_agg(c.latency) filter (where c.outcome = 'applied'))
    ),
    'attempts', coalesce(jsonb_agg(jsonb_build_object(
      'kind', c.label, 'outcome', c.outcome, 'error_class', c.error_class, 'count', c.count
    )) filter (where c.metric = 'delivery'), '[]'),
    'attempt_bounds', public.latency_bounds(),
    'attempt_durations', coalesce((
      select jsonb_agg(jsonb_build_object('kind', k.label, 'duration_ms', k.duration_ms, 'latency', k.latency))
      from (
        select x.label, sum(x.duration_ms) as duration_ms, public.sum_latency(array_agg(x.latency)) as latency
        from counters x
        where x.metric = 'delivery' and cardinality(x.latency) > 0
        group by x.label
      ) k
    ), '[]'),
    'replay_items', coalesce(
      jsonb_object_agg(c.outcome, c.count) filter (where c.metric = 'replay_item'), '{}'
    ),
    'notifications', coalesce(jsonb_agg(jsonb_build_object(
      'channel', c.label, 'outcome', c.outcome, 'count', c.count
    )) filter (where c.metric = 'notification'), '[]')
  )
  from counters c;
$$;

create function public.read_waiting_metrics() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'waiting', public.read_waiting(), 'dead_letters', public.count_dead_letters(null),
    'replays_running', (select count(*) from public.replays r where r.status = 'running')
  );
$$;

-- Of each provider: [{provider, last_event_at, last_complete_at, missing, oldest_missing_at}]. last_complete_at: of its
-- scheduled sources the one whose last complete run is the oldest; null while none has a complete run.
create function public.read_provider_metrics(p_providers text[]) returns jsonb
language sql stable set search_path = '' as $$
  with missing as materialized (
    select x.provider, count(distinct (x.source_id, x.identity)) as count, min(x.occurred_at) as oldest_at
    from (
      select f.provider, f.source_id, f.identity, f.occurred_at
      from public.findings f
      where f.state in ('open', 'back_filling') and f.kind = 'missing'
      limit 10000
    ) x
    group by x.provider
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', p.provider,
    'last_event_at', (
      -- A range and its order, and not an equality: see is_in_use.
      select public.iso(e.received_at) from public.events e
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ),
    'last_complete_at', (
      select min(r.run ->> 'completed_at')
      from public.watches w
      cross join lateral (select public.run_in_brief(w.provider, w.source_id, '{completed}') as run) r
      where w.provider = p.provider and w.enabled
    ),
    'missing', coalesce(m.count, 0), 'oldest_missing_at', public.iso(m.oldest_at)
  ) order by p.provider), '[]')
  from unnest(p_providers) as p(provider)
  left join missing m on m.provider = p.provider;
$$;

-- Who works and what came in, for GET /api/health/deep: {workers: [{name, version, at, seconds_ago}], last_event_at:
-- {provider: time or null}}.
create function public.read_signs_of_life(p_providers text[]) returns jsonb
language sql stable set search_path = '' set statement_timeout = '3s' as $$
  select jsonb_build_object(
    'workers', coalesce((
      select jsonb_agg(jsonb_build_object(
        'name', h.name, 'version', h.version, 'at', public.iso(h.at),
        'seconds_ago', round(extract(epoch from public.now_() - h.at)::numeric, 1)
      ) order by h.at desc)
      from public.heartbeats h
      where h.kind = 'worker'
    ), '[]'),
    'last_event_at', coalesce((
      select jsonb_object_agg(p.provider, (
        select public.iso(e.received_at) from public.events e
        where e.provider between p.provider and p.provider
        order by e.provider, e.received_at desc, e.id desc
        limit 1
      ))
      from unnest(p_providers) as p(provider)
    ), '{}')
  );
$$;
