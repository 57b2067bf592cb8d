-- How long events took from receipt until all their deliveries had succeeded: what no attempt's latency says.

-- Of the events applied between two times, without those that a replay delivered: {count, p50_ms, p95_ms, p99_ms}, the
-- durations null where there was none. A period that began more than an hour ago is read by whole hours, as in
-- read_latency.
create function public.read_event_to_delivered(p_from timestamptz, p_to timestamptz, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with wanted as (
    select p_from >= public.now_() - interval '61 minutes' as by_minute
  ),
  summed as (
    -- Written out, one per bucket of applied_bounds(): unnesting takes eight times as long.
    select array[
      sum(s.latency[1]), sum(s.latency[2]), sum(s.latency[3]), sum(s.latency[4]), sum(s.latency[5]),
      sum(s.latency[6]), sum(s.latency[7]), sum(s.latency[8]), sum(s.latency[9]), sum(s.latency[10]),
      sum(s.latency[11]), sum(s.latency[12]), sum(s.latency[13]), sum(s.latency[14]), sum(s.latency[15]),
      sum(s.latency[16]), sum(s.latency[17]), sum(s.latency[18]), sum(s.latency[19]), sum(s.latency[20]),
      sum(s.latency[21]), sum(s.latency[22]), sum(s.latency[23]), sum(s.latency[24]), sum(s.latency[25])
    ] as counts
    from wanted w
    cross join lateral (
      select x.latency from public.statistics x
      where w.by_minute and x.organisation_id = any (public.statistics_of(p_scope)) and x.outcome = 'applied'
        and x.minute >= p_from and x.minute < p_to
      union all
      select h.latency from public.statistics_hours h
      where not w.by_minute and h.organisation_id = any (public.statistics_of(p_scope)) and h.outcome = 'applied'
        and h.hour >= date_trunc('hour', p_from, 'UTC') and h.hour < p_to
    ) s
  ),
  histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency,
      coalesce(sum(u.count), 0) as count
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'count', h.count, 'p50_ms', public.latency_quantile(h.latency, 0.5, public.applied_bounds()),
    'p95_ms', public.latency_quantile(h.latency, 0.95, public.applied_bounds()),
    'p99_ms', public.latency_quantile(h.latency, 0.99, public.applied_bounds())
  )
  from histogram h;
$$;
