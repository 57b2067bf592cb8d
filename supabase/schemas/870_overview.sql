-- What the overview shows. Read from buckets of minutes and hours, and from index probes that stop early: its cost
-- grows with the period that is read, never with the number of events (tests/pipeline/analytics.test.ts holds it).

-- The figures of the period from p_from to p_to, whole minutes, next to those of the period of equal length before it.
-- Answers lib/contract/analytics.ts without what only the environment knows.
create function public.read_analytics(
  p_from timestamptz, p_to timestamptz, p_bucket_seconds integer, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  with now_counted as materialized (
    select * from public.counted_between(p_from, p_to, p_bucket_seconds, p_scope)
  ),
  by_provider as (
    select x.provider, public.outcomes(x.counts) as totals, public.outcomes(x.counts_before) as previous
    from (
      select c.provider, jsonb_object_agg(c.outcome, c.now) as counts,
        jsonb_object_agg(c.outcome, c.before) as counts_before
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
      select jsonb_agg(
        jsonb_build_object('at', public.iso(b.at), 'success_rate', public.outcomes(b.counts) -> 'success_rate')
        order by b.at
      )
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
        -- Events, as total_processed counts them; attempts are in `totals`.
        select c.event_type, case c.outcome when 'succeeded' then 'success' else 'failure' end as status,
          sum(c.count) as count
        from now_counted c
        where c.outcome in ('succeeded', 'lost')
        group by 1, 2
        having sum(c.count) > 0
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
    'event_to_delivered', public.read_event_to_delivered(p_from, p_to, p_scope),
    'silent_providers', public.list_silent_providers(p_scope),
    'failed_webhooks', public.list_dead_letters(10, p_scope),
    'needs_attention', (
      select public.events_json(array_agg(e.id), p_scope)
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

-- How long delivery attempts took, over all destinations of the scope: {attempts, p50_ms, p95_ms, p99_ms}, the
-- durations null where there was none. Minutes are kept for an hour: what began before that is read by whole hours.
create function public.read_latency(p_from timestamptz, p_to timestamptz, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with wanted as (
    select w.span, date_trunc(w.span, p_from, 'UTC') as since
    from (select case when p_from >= public.now_() - interval '61 minutes' then 'minute' else 'hour' end as span) w
  ),
  summed as (
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
  ),
  histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency,
      coalesce(sum(u.count), 0) as attempts
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'attempts', h.attempts, 'p50_ms', public.latency_quantile(h.latency, 0.5),
    'p95_ms', public.latency_quantile(h.latency, 0.95), 'p99_ms', public.latency_quantile(h.latency, 0.99)
  )
  from histogram h;
$$;
