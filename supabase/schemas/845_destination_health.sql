-- How destinations fare. Called by lib/queries/destinations.ts.

-- The health of destinations, {id: {state, hold, health}} as Destination in lib/contract/destinations.ts. Its cost
-- grows with the hours that are shown and with what waits, never with what was sent.
create function public.read_health(p_destination_ids bigint[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(t.id, jsonb_build_object(
    'state', case
      when not t.enabled then 'disabled'
      when t.paused_at is not null then 'paused'
      when h.breaker <> 'closed' then h.breaker::text
      when h.throttled_until > public.now_() then 'throttled'
      when h.consecutive_failures >= 5 or recent.failed > recent.succeeded then 'failing'
      when recent.succeeded is null then 'idle'
      when t.kind = 'http' and public.latency_quantile(recent.latency, 0.95) >= t.timeout_ms / 2 then 'slow'
      else 'healthy'
    end,
    'hold', public.hold_of(t, h),
    'health', jsonb_build_object(
      'succeeded', coalesce(day.succeeded, 0), 'failed', coalesce(day.failed, 0),
      'success_rate', round(100.0 * day.succeeded / nullif(day.succeeded + day.failed, 0), 1),
      'p50_ms', public.latency_quantile(day.latency, 0.5), 'p95_ms', public.latency_quantile(day.latency, 0.95),
      'consecutive_failures', coalesce(h.consecutive_failures, 0), 'failing_since', public.iso(h.failing_since),
      'last_success_at', public.iso(h.last_success_at), 'last_failure_at', public.iso(h.last_failure_at),
      'last_error_class', h.last_error_class, 'last_error', h.last_error,
      'breaker', coalesce(h.breaker, 'closed'), 'breaker_probe_at', public.iso(h.probe_at),
      'throttled_until', case when h.throttled_until > public.now_() then public.iso(h.throttled_until) end,
      'waiting', queue.waiting, 'held', queue.held, 'dead', queue.dead,
      'drain_seconds', ceil((queue.waiting + queue.held) / t.rate_per_second),
      'hours', day.hours
    )
  )), '{}')
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed,
      public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency,
      jsonb_agg(jsonb_build_object(
        'at', public.iso(x.at), 'succeeded', coalesce(s.succeeded, 0), 'failed', coalesce(s.failed, 0),
        'p95_ms', public.latency_quantile(s.latency, 0.95)
      ) order by x.at) as hours
    from generate_series(
      date_trunc('hour', public.now_()) - interval '23 hours', date_trunc('hour', public.now_()), interval '1 hour'
    ) x(at)
    left join public.destination_statistics s on s.destination_id = t.id and s.span = 'hour' and s.at = x.at
  ) day
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed,
      public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency
    from public.destination_statistics s
    where s.destination_id = t.id and s.span = 'minute' and s.at > public.now_() - interval '15 minutes'
  ) recent
  cross join lateral (
    select
      -- What is at the endpoint now does not wait.
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status in ('pending', 'retrying'))
        as waiting,
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'held') as held,
      -- As the dead letters count them: what a person marked as resolved is dead no more.
      (
        select count(*) from public.deliveries d
        join public.events e on e.id = d.event_id and e.status = 'dead'
        where d.destination_id = t.id and d.status = 'dead'
      ) as dead
  ) queue
  where t.id = any (p_destination_ids);
$$;
