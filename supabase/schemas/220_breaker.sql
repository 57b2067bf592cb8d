-- What attempts say about their destination: counts, consecutive failures, throttling, and the circuit breaker.

-- Adds what attempts found to their destinations. Called by record_attempts, last, because it locks the destinations'
-- health until the end of the transaction.
-- p_results: [{destination_id, delivery_id, delivered, duration_ms, http_status, error_class, error, throttle_ms}].
create function public.note_health(p_results jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  r record;
begin
  for r in
    with results as (
      select x.*, last_value(case when x.delivered then x.delivery_id end) over w as last_delivered
      from jsonb_to_recordset(p_results) as x(
        destination_id bigint, delivery_id bigint, delivered boolean, duration_ms integer, http_status integer,
        error_class public.error_class, error text, throttle_ms bigint
      )
      window w as (
        partition by x.destination_id order by x.delivered, x.delivery_id
        rows between unbounded preceding and unbounded following
      )
    )
    select x.destination_id,
      count(*) filter (where x.delivered) as succeeded,
      count(*) filter (where not x.delivered) as failed,
      count(*) filter (where not x.delivered and x.delivery_id > coalesce(x.last_delivered, 0)) as failed_last,
      count(*) filter (where x.delivered or x.error_class <> 'http_429') as counted,
      count(*) filter (where not x.delivered and public.counts_against_endpoint(x.error_class)) as against,
      bool_or(x.http_status = 410) as gone,
      max(x.throttle_ms) as throttle_ms,
      max(x.duration_ms) as longest_ms,
      array_agg(x.delivery_id) as deliveries,
      array_agg(x.delivery_id)
        filter (where not x.delivered and public.counts_against_endpoint(x.error_class)) as bad_deliveries,
      array_agg(x.duration_ms) as durations,
      (array_agg(x.error_class order by x.delivery_id desc) filter (where not x.delivered))[1] as error_class,
      (array_agg(x.error order by x.delivery_id desc) filter (where not x.delivered))[1] as error
    from results x
    group by x.destination_id
    -- In one order, so that two batches cannot deadlock.
    order by x.destination_id
  loop
    insert into public.destination_health as h (
      destination_id, consecutive_failures, failing_since, last_success_at, last_failure_at, last_error_class,
      last_error,
      recent_max_ms
    )
    values (
      r.destination_id, r.failed_last, case when r.failed_last > 0 then public.now_() end,
      case when r.succeeded > 0 then public.now_() end, case when r.failed > 0 then public.now_() end, r.error_class,
      r.error,
      r.longest_ms
    )
    on conflict (destination_id) do update set
      consecutive_failures = excluded.consecutive_failures
        + case when r.succeeded = 0 then h.consecutive_failures else 0 end,
      failing_since = case
        when r.succeeded = 0 then coalesce(h.failing_since, public.now_()) else excluded.failing_since
      end,
      last_success_at = coalesce(excluded.last_success_at, h.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, h.last_failure_at),
      last_error_class = coalesce(excluded.last_error_class, h.last_error_class),
      last_error = coalesce(excluded.last_error, h.last_error),
      recent_max_ms = coalesce(excluded.recent_max_ms, h.recent_max_ms),
      warned_at = case when r.succeeded = 0 then h.warned_at end;

    insert into public.destination_statistics as s (
      destination_id, span, at, succeeded, failed, counted, against, latency
    )
    select r.destination_id, x.span, date_trunc(x.span, public.now_()), r.succeeded, r.failed, r.counted, r.against,
      public.latency_histogram(r.durations)
    from (values ('hour'), ('minute')) x(span)
    on conflict (destination_id, span, at) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      counted = s.counted + excluded.counted,
      against = s.against + excluded.against,
      latency = public.add_latency(s.latency, excluded.latency);

    perform public.move_breaker(h, t, r.succeeded, r.against, r.deliveries, r.bad_deliveries, r.throttle_ms)
    from public.destination_health h
    join public.destinations t on t.id = h.destination_id
    where h.destination_id = r.destination_id and t.kind = 'http';

    if r.gone then
      update public.destination_health h set disable_because = 'It answered 410 Gone: it wants no more webhooks.'
      from public.destinations t
      where h.destination_id = r.destination_id and t.id = h.destination_id and t.kind = 'http' and t.enabled
        and h.disable_because is null;
    end if;
  end loop;
end
$$;

-- The circuit breaker and the throttle of one destination, after a batch of its attempts. The caller holds its row.
--   closed → open       in the last five minutes at least ten attempts counted, and half of them counted against it
--   open → half_open    by claim_deliveries, when probe_at has passed: one delivery goes out to try
--   half_open → closed  the endpoint answered it; from one at a time, each success doubles, until it has its
--                       concurrency
--   half_open → open    it failed: the next probe waits twice as long, 30 s to 10 min
create function public.move_breaker(
  h public.destination_health, t public.destinations, p_succeeded bigint, p_against bigint, p_deliveries bigint[],
  p_bad_deliveries bigint[], p_throttle_ms bigint
) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_trips integer := 0;
  v_ramp integer := (h).ramp;
begin
  if (h).breaker = 'half_open' and (h).probe_delivery_id = any (p_deliveries) then
    if (h).probe_delivery_id = any (p_bad_deliveries) then
      v_trips := (h).trips + 1;
    else
      update public.destination_health x set
        breaker = 'closed', opened_at = null, probe_at = null, probe_delivery_id = null, trips = 0
      where x.destination_id = (t).id;
      -- What was before it closed is no reason to open again.
      update public.destination_statistics s set counted = 0, against = 0
      where s.destination_id = (t).id and s.span = 'minute' and s.at > public.now_() - interval '6 minutes';
      v_ramp := 1;
    end if;
  elsif (h).breaker = 'closed' then
    if p_against > 0 and (
      select sum(s.counted) >= 10 and sum(s.against) * 2 >= sum(s.counted)
      from public.destination_statistics s
      where s.destination_id = (t).id and s.span = 'minute' and s.at > public.now_() - interval '5 minutes'
    ) then
      v_trips := 1;
    end if;
    v_ramp := v_ramp * (2 ^ least(p_succeeded, 10))::integer;
  end if;

  if v_trips > 0 then
    update public.destination_health x set
      breaker = 'open',
      opened_at = coalesce(x.opened_at, public.now_()),
      probe_at = public.now_() + least(30 * 2 ^ least(v_trips - 1, 10), 600) * interval '1 second',
      probe_delivery_id = null,
      trips = v_trips
    where x.destination_id = (t).id;
  end if;

  if p_throttle_ms is not null then
    v_ramp := greatest(1, least(coalesce(v_ramp, (t).max_concurrency), (t).max_concurrency) / 2);
  end if;
  if v_ramp is distinct from (h).ramp or p_throttle_ms is not null then
    update public.destination_health x set
      ramp = case when v_ramp < (t).max_concurrency then v_ramp end,
      throttled_until = greatest(x.throttled_until, public.now_() + p_throttle_ms * interval '1 millisecond')
    where x.destination_id = (t).id;
  end if;
end
$$;

-- Whether a failure counts against the endpoint as a whole. The others are about one event, about us, or, like 429,
-- about our rate.
create function public.counts_against_endpoint(p_class public.error_class) returns boolean
language sql immutable set search_path = '' as $$
  select p_class in (
    'timeout', 'connection_refused', 'connection_reset', 'dns', 'tls', 'http_5xx', 'redirect', 'response_too_large'
  );
$$;
