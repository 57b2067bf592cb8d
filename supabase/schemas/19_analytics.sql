-- What the overview shows. Read from buckets of minutes and hours, and from index probes that stop early: its cost grows
-- with the time that is looked at, never with the number of events (tests/pipeline/analytics.test.ts holds it).
-- Long because every figure of the overview is defined here.

-- Callers stand above what they call.
set check_function_bodies = off;

-- The figures of the time from p_from to p_to, whole minutes, beside those of the time of equal length before it.
-- Answers lib/contract/analytics.ts without what only the environment knows.
create function public.read_analytics(
  p_from timestamptz, p_to timestamptz, p_bucket_seconds integer, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  with now_counted as materialized (
    select * from public.counted_between(p_from, p_to, p_bucket_seconds, p_scope)
  ), by_provider as (
    select x.provider, public.outcomes(x.counts) as totals, public.outcomes(x.counts_before) as previous
    from (
      select c.provider, jsonb_object_agg(c.outcome, c.now) as counts, jsonb_object_agg(c.outcome, c.before) as counts_before
      from (
        select y.provider, y.outcome, sum(y.now) as now, sum(y.before) as before
        from (
          select n.provider, n.outcome, n.count as now, 0 as before from now_counted n
          union all
          select b.provider, b.outcome, 0, b.count
          from public.counted_between(p_from - (p_to - p_from), p_from, p_bucket_seconds, p_scope) b
        ) y
        group by y.provider, y.outcome
      ) c
      group by c.provider
    ) x
  )
  select jsonb_build_object(
    'from', public.iso(p_from), 'to', public.iso(p_to), 'bucket_seconds', p_bucket_seconds,
    'totals', (select public.sum_outcomes(array_agg(p.totals)) from by_provider p),
    'previous', (select public.sum_outcomes(array_agg(p.previous)) from by_provider p),
    'providers', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.provider), '[]') from by_provider p
    ),
    'series', coalesce((
      select jsonb_agg(public.outcomes(b.counts) || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select x.at, x.provider, jsonb_object_agg(x.outcome, x.count) as counts
        from (
          select c.at, c.provider, c.outcome, sum(c.count) as count from now_counted c group by 1, 2, 3
        ) x
        group by x.at, x.provider
      ) b
    ), '[]'),
    'rates', coalesce((
      select jsonb_agg(jsonb_build_object('at', public.iso(b.at), 'success_rate', public.outcomes(b.counts) -> 'success_rate')
        order by b.at)
      from (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from (select c.at, c.outcome, sum(c.count) as count from now_counted c group by 1, 2) x
        group by x.at
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        select c.event_type, case c.outcome when 'delivered' then 'success' else 'failure' end as status,
          sum(c.count) as count
        from now_counted c
        where c.outcome in ('delivered', 'failed', 'dead')
        group by 1, 2
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_bucket)), 'last_detail', l.detail,
        'last_organisation_id', l.organisation_id, 'last_source_id', l.source_id, 'last_event_key', l.event_key,
        'last_body_sha256', l.body_sha256
      ) order by r.count desc, r.provider, r.reason)
      from (
        select c.provider, c.event_type as reason, sum(c.count) as count, max(c.at) as last_bucket
        from now_counted c
        where c.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail, x.organisation_id, x.event_key, encode(x.body_sha256, 'hex') as body_sha256,
          'so_' || s.id as source_id
        from public.rejections x
        left join public.sources s on s.id = x.source_id and public.in_scope(p_scope, s.organisation_id)
        where x.provider = r.provider and x.reason::text = r.reason and public.in_scope(p_scope, x.organisation_id)
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'latency', public.read_latency(p_from, p_to, p_scope),
    'previous_latency', public.read_latency(p_from - (p_to - p_from), p_from, p_scope),
    'silent_providers', public.list_silent_providers(p_scope),
    'failed_webhooks', public.list_dead_letters(10, p_scope),
    'needs_attention', (
      select public.event_summaries(array_agg(e.id), p_scope)
      from (
        (select x.id, x.received_at from public.events x
          where x.status = 'dead' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        union all
        (select x.id, x.received_at from public.events x
          where x.status = 'failed' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog(p_scope);
$$;

-- What was counted between two whole minutes, by step of p_bucket_seconds (steps are those of the clock, so the first and
-- the last may be parts). Steps of an hour and more are read from the hours, and from the minutes that those leave at
-- both ends: 30 days are 720 hours and at most 118 minutes.
create function public.counted_between(
  p_from timestamptz, p_to timestamptz, p_bucket_seconds integer, p_scope text[]
) returns table (at timestamptz, provider text, event_type text, outcome text, count bigint)
language plpgsql stable set search_path = '' as $$
declare
  v_of text[] := public.statistics_of(p_scope);
  v_step interval := make_interval(secs => p_bucket_seconds);
  v_first timestamptz := date_trunc('hour', p_from + interval '1 hour' - interval '1 microsecond', 'UTC');
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
begin
  if p_bucket_seconds < 3600 or v_first >= v_last then
    v_first := p_to;
    v_last := p_to;
  end if;
  return query
    select date_bin(v_step, x.at, timestamptz '2000-01-01 00:00Z'), x.provider, x.event_type, x.outcome,
      sum(x.count)::bigint
    from (
      select s.minute as at, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= p_from and s.minute < v_first
      union all
      select h.hour, h.provider, h.event_type, h.outcome, h.count
      from public.statistics_hours h
      where h.organisation_id = any (v_of) and h.hour >= v_first and h.hour < v_last
      union all
      select s.minute, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= v_last and s.minute < p_to
    ) x
    group by 1, 2, 3, 4;
end
$$;

-- Every outcome with its count, 0 for those that did not happen, and the success rate of its events.
create function public.outcomes(p_counts jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select c.counts || jsonb_build_object('success_rate', public.event_success_rate(c.counts))
  from (
    select '{"received": 0, "duplicate": 0, "conflict": 0, "rejected": 0, "delivered": 0, "failed": 0, "dead": 0,
      "succeeded": 0, "lost": 0}'::jsonb || coalesce(p_counts, '{}') as counts
  ) c;
$$;

create function public.sum_outcomes(p_counts jsonb[]) returns jsonb
language sql immutable set search_path = '' as $$
  select public.outcomes(jsonb_object_agg(o.outcome, o.count))
  from (
    select x.key as outcome, sum(x.value::bigint) as count
    from unnest(p_counts) as c(counts), jsonb_each_text(c.counts) x
    where x.key <> 'success_rate'
    group by x.key
  ) o;
$$;

-- How long delivery attempts took, over all destinations of the scope: {attempts, p50_ms, p95_ms, p99_ms}, the durations null where
-- there was none. Minutes are kept for an hour: what began before that is read by whole hours.
create function public.read_latency(p_from timestamptz, p_to timestamptz, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with wanted as (
    select w.span, date_trunc(w.span, p_from, 'UTC') as since
    from (select case when p_from >= now() - interval '61 minutes' then 'minute' else 'hour' end as span) w
  ), summed as (
    -- Written out, one per bucket of latency_bounds(): unnesting takes eight times as long.
    select array[
      sum(s.latency[1]), sum(s.latency[2]), sum(s.latency[3]), sum(s.latency[4]), sum(s.latency[5]),
      sum(s.latency[6]), sum(s.latency[7]), sum(s.latency[8]), sum(s.latency[9]), sum(s.latency[10]),
      sum(s.latency[11]), sum(s.latency[12]), sum(s.latency[13]), sum(s.latency[14]), sum(s.latency[15]),
      sum(s.latency[16]), sum(s.latency[17]), sum(s.latency[18]), sum(s.latency[19]), sum(s.latency[20]),
      sum(s.latency[21]), sum(s.latency[22]), sum(s.latency[23]), sum(s.latency[24]), sum(s.latency[25])
    ] as counts
    from wanted w
    cross join public.destinations t
    cross join lateral (
      select x.latency from public.destination_statistics x
      where x.destination_id = t.id and x.span = w.span and x.at >= w.since and x.at < p_to
    ) s
    where public.in_scope(p_scope, t.organisation_id)
  ), histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency, coalesce(sum(u.count), 0) as attempts
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'attempts', h.attempts, 'p50_ms', public.latency_quantile(h.latency, 0.5),
    'p95_ms', public.latency_quantile(h.latency, 0.95), 'p99_ms', public.latency_quantile(h.latency, 0.99)
  )
  from histogram h;
$$;

-- Providers that used to send and stopped: nothing for longer than four times the longest pause they made in the two
-- weeks before. Only those that sent in five hours or more, over more than a day: a test of one afternoon is no habit.
-- [{provider, last_at, usual_gap_seconds, silent_seconds}], the longest silence first.
create function public.list_silent_providers(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with active as (
    select h.provider, h.hour, h.hour - lag(h.hour) over (partition by h.provider order by h.hour) as gap
    from public.statistics_hours h
    where h.organisation_id = any (public.statistics_of(p_scope)) and h.hour >= now() - interval '14 days'
      and h.outcome in ('received', 'duplicate', 'conflict')
    group by h.provider, h.hour
  ), habits as (
    select a.provider, max(a.gap) as usual_gap, max(a.hour) as last_hour
    from active a
    group by a.provider
    having count(*) >= 5 and max(a.hour) - min(a.hour) >= interval '24 hours'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', q.provider, 'last_at', public.iso(q.last_at),
    'usual_gap_seconds', extract(epoch from q.usual_gap)::integer,
    'silent_seconds', extract(epoch from now() - q.last_at)::integer
  ) order by q.last_at), '[]')
  from (
    select h.provider, h.usual_gap, coalesce((
      select max(s.minute) from public.statistics s
      where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= h.last_hour
        and s.minute < h.last_hour + interval '1 hour' and s.provider = h.provider
        and s.outcome in ('received', 'duplicate', 'conflict')
    ), h.last_hour) as last_at
    from habits h
    where now() - h.last_hour > 4 * h.usual_gap
  ) q
  where now() - q.last_at > 4 * q.usual_gap;
$$;

-- What waits, as counts that stop at 10,000, and how long the oldest due delivery has waited that a worker could have
-- taken: not one that its destination's circuit, throttle, rate or order holds back.
create function public.read_backlog(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'waiting', case when p_scope is null then public.read_waiting() else public.read_waiting_within(p_scope) end,
    'dead_letters', public.count_dead_letters(p_scope), 'running_replays', public.count_running_replays(p_scope),
    'events_stored', case when p_scope is null then exists (select from public.events) else exists (
      select from unnest(p_scope) as o(id)
      cross join lateral (select from public.events e where e.organisation_id = o.id limit 1) x
    ) end
  );
$$;

create function public.read_waiting() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'oldest_due_seconds', (
      select round(extract(epoch from now() - min(x.due_at))::numeric, 1)
      from public.destinations t
      left join public.destination_health h on h.destination_id = t.id
      cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
      cross join lateral (
        select d.due_at from public.deliveries d
        where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
        order by d.due_at
        limit 1
      ) x
      where x.due_at <= now() and t.enabled and t.paused_at is null and t.archived_at is null
        and t.rate_per_second is null and t.ordering = 'none'
        and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
        and coalesce(h.throttled_until, '-infinity') <= now()
    )
  ) || public.read_waits();
$$;

-- The same for some organisations: of their newest 10,000 events that are not finished, because nothing else says whose a
-- delivery is.
create function public.read_waiting_within(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'count', count(*) filter (where w.status <> 'held'),
    'blocked', count(*) filter (where w.status <> 'held' and public.hold_of(t, h) is not null),
    'held', count(*) filter (where w.status = 'held'),
    'oldest_due_seconds', round(extract(epoch from now() - min(w.due_at) filter (
      where w.status <> 'held' and w.due_at <= now() and t.enabled and t.paused_at is null and t.archived_at is null
        and t.rate_per_second is null and t.ordering = 'none'
        and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
        and coalesce(h.throttled_until, '-infinity') <= now()
    ))::numeric, 1)
  )
  from (
    select d.due_at, d.destination_id, d.status
    from (
      select e.id from public.events e
      where e.status in ('received', 'processing', 'failed', 'dead') and public.in_scope(p_scope, e.organisation_id)
      order by e.received_at desc
      limit 10000
    ) e
    join public.deliveries d on d.event_id = e.id and d.status in ('pending', 'retrying', 'held')
    limit 10000
  ) w
  join public.destinations t on t.id = w.destination_id
  left join public.destination_health h on h.destination_id = t.id;
$$;
