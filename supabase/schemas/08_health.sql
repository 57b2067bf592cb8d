-- How destinations fare: counts and latencies, consecutive failures, the circuit breaker, throttling and rate. All of it is
-- rows, written in the transaction of the attempts it speaks of, so a restart changes nothing.
-- Written by record_attempts (note_health) and claim_deliveries; read by claim_deliveries (room_at) and read_health.
-- Long because what is noted, what it moves and what is read from it must agree, and stand side by side.

-- Callers stand above what they call.
set check_function_bodies = off;

create table public.destination_health (
  destination_id bigint primary key references public.destinations (id) on delete cascade,
  -- Since its last success.
  consecutive_failures integer not null default 0,
  failing_since timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error_class public.error_class,
  last_error text,
  -- The administrators were told that it is failing and will be disabled.
  warned_at timestamptz,
  -- It is to be disabled: nothing is claimed for it any more, and attend_destinations does the rest.
  disable_because text,
  breaker public.breaker_state not null default 'closed',
  opened_at timestamptz,
  -- When an open circuit lets one delivery try.
  probe_at timestamptz,
  -- The delivery that is out to try.
  probe_delivery_id bigint,
  -- How often in a row it opened: each time it waits twice as long.
  trips integer not null default 0,
  -- At most this many at a time while it comes back; null: as many as it may have.
  ramp integer check (ramp > 0),
  throttled_until timestamptz,
  -- When the bucket of its rate was, or will be, empty. What it has saved up since then is what it may spend.
  spent_until timestamptz,
  -- The longest attempt of the newest batch: who keeps deliveries waiting shares the slots for that, see pace_of.
  lately_ms integer,
  check ((breaker = 'closed') = (opened_at is null))
) with (fillfactor = 50);

alter table public.destination_health enable row level security;

-- Attempts that reported a result, per destination and minute (kept for an hour), and per hour.
create table public.destination_statistics (
  destination_id bigint not null references public.destinations (id) on delete cascade,
  span text not null check (span in ('minute', 'hour')),
  at timestamptz not null,
  succeeded integer not null default 0,
  failed integer not null default 0,
  -- What the breaker looks at: attempts that say something about the endpoint, and those that speak against it.
  counted integer not null default 0,
  against integer not null default 0,
  -- How many attempts took how long: one count per bucket of latency_bounds(), and one for longer.
  latency integer[] not null,
  primary key (destination_id, span, at)
) with (fillfactor = 50);

alter table public.destination_statistics enable row level security;

-- Upper ends of the latency buckets, in milliseconds.
create function public.latency_bounds() returns integer[]
language sql immutable set search_path = '' as $$
  select '{5,10,20,35,50,75,100,150,200,300,400,500,750,1000,1500,2000,3000,4000,5000,7500,10000,15000,20000,30000}'::integer[];
$$;

-- How many of the durations fall into each bucket.
create function public.latency_histogram(p_durations integer[]) returns integer[]
language plpgsql immutable set search_path = '' as $$
declare
  v_bounds integer[] := public.latency_bounds();
  v_histogram integer[] := array_fill(0, array[cardinality(v_bounds) + 1]);
  v_duration integer;
  v_bucket integer;
begin
  foreach v_duration in array p_durations loop
    v_bucket := width_bucket(v_duration - 1, v_bounds) + 1;
    v_histogram[v_bucket] := v_histogram[v_bucket] + 1;
  end loop;
  return v_histogram;
end
$$;

create function public.add_latency(p_one integer[], p_other integer[]) returns integer[]
language plpgsql immutable set search_path = '' as $$
begin
  return array(
    select coalesce(a.x, 0) + coalesce(a.y, 0) from unnest(p_one, p_other) with ordinality a(x, y, n) order by a.n
  );
end
$$;

-- The sum of several histograms, given as one array of them.
create function public.sum_latency(p_histograms integer[]) returns integer[]
language plpgsql immutable set search_path = '' as $$
begin
  return array(
    select sum(u.x) from unnest(p_histograms) with ordinality u(x, n)
    group by (n - 1) % array_length(p_histograms, 2)
    order by (n - 1) % array_length(p_histograms, 2)
  );
end
$$;

-- The duration that a share p_quantile of the attempts stayed under, in milliseconds: evenly spread within its bucket.
create function public.latency_quantile(p_latency integer[], p_quantile numeric) returns integer
language sql immutable set search_path = '' as $$
  with buckets as (
    select n, count, sum(count) over (order by n) as until, sum(count) over () as total,
      coalesce(bounds[n - 1], 0) as low, coalesce(bounds[n], 2 * bounds[cardinality(bounds)]) as high
    from unnest(p_latency) with ordinality l(count, n), (select public.latency_bounds() as bounds) b
  )
  select round(low + (high - low) * (p_quantile * total - (until - count)) / count)::integer
  from buckets
  where count > 0 and until >= p_quantile * total
  order by n
  limit 1;
$$;

-- Whether a failure speaks against the endpoint as a whole. The others speak of one event, of us, or, like 429, of our pace.
create function public.speaks_against(p_class public.error_class) returns boolean
language sql immutable set search_path = '' as $$
  select p_class in (
    'timeout', 'connection_refused', 'connection_reset', 'dns', 'tls', 'http_5xx', 'redirect', 'response_too_large'
  );
$$;

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
      count(*) filter (where not x.delivered and public.speaks_against(x.error_class)) as against,
      bool_or(x.http_status = 410) as gone,
      max(x.throttle_ms) as throttle_ms,
      max(x.duration_ms) as longest_ms,
      array_agg(x.delivery_id) as deliveries,
      array_agg(x.delivery_id) filter (where not x.delivered and public.speaks_against(x.error_class)) as bad_deliveries,
      array_agg(x.duration_ms) as durations,
      (array_agg(x.error_class order by x.delivery_id desc) filter (where not x.delivered))[1] as error_class,
      (array_agg(x.error order by x.delivery_id desc) filter (where not x.delivered))[1] as error
    from results x
    group by x.destination_id
    -- In one order, so that two batches cannot deadlock.
    order by x.destination_id
  loop
    insert into public.destination_health as h (
      destination_id, consecutive_failures, failing_since, last_success_at, last_failure_at, last_error_class, last_error,
      lately_ms
    )
    values (
      r.destination_id, r.failed_last, case when r.failed_last > 0 then now() end,
      case when r.succeeded > 0 then now() end, case when r.failed > 0 then now() end, r.error_class, r.error,
      r.longest_ms
    )
    on conflict (destination_id) do update set
      consecutive_failures = excluded.consecutive_failures + case when r.succeeded = 0 then h.consecutive_failures else 0 end,
      failing_since = case when r.succeeded = 0 then coalesce(h.failing_since, now()) else excluded.failing_since end,
      last_success_at = coalesce(excluded.last_success_at, h.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, h.last_failure_at),
      last_error_class = coalesce(excluded.last_error_class, h.last_error_class),
      last_error = coalesce(excluded.last_error, h.last_error),
      lately_ms = coalesce(excluded.lately_ms, h.lately_ms),
      warned_at = case when r.succeeded = 0 then h.warned_at end;

    insert into public.destination_statistics as s (
      destination_id, span, at, succeeded, failed, counted, against, latency
    )
    select r.destination_id, x.span, date_trunc(x.span, now()), r.succeeded, r.failed, r.counted, r.against,
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
--   closed → open       in the last five minutes at least ten attempts counted, and half of them spoke against it
--   open → half_open    by claim_deliveries, when probe_at has passed: one delivery goes out to try
--   half_open → closed  the endpoint answered it; from one at a time, each success doubles, until it has its concurrency
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
      where s.destination_id = (t).id and s.span = 'minute' and s.at > now() - interval '6 minutes';
      v_ramp := 1;
    end if;
  elsif (h).breaker = 'closed' then
    if p_against > 0 and (
      select sum(s.counted) >= 10 and sum(s.against) * 2 >= sum(s.counted)
      from public.destination_statistics s
      where s.destination_id = (t).id and s.span = 'minute' and s.at > now() - interval '5 minutes'
    ) then
      v_trips := 1;
    end if;
    v_ramp := v_ramp * (2 ^ least(p_succeeded, 10))::integer;
  end if;

  if v_trips > 0 then
    update public.destination_health x set
      breaker = 'open',
      opened_at = coalesce(x.opened_at, now()),
      probe_at = now() + least(30 * 2 ^ least(v_trips - 1, 10), 600) * interval '1 second',
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
      throttled_until = greatest(x.throttled_until, now() + p_throttle_ms * interval '1 millisecond')
    where x.destination_id = (t).id;
  end if;
end
$$;

-- How many deliveries a destination may get now, over all workers: 0 while it is off, paused, throttled, at its
-- concurrency or rate, or its circuit is open; 1 as a probe. Exact when the caller holds the destination's row.
-- A worker gives at most half of its p_slots to one destination, so that one that hangs cannot have them all.
create function public.room_at(
  t public.destinations, h public.destination_health, p_worker text, p_slots integer
) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_all integer;
  v_mine integer;
  v_probing boolean;
  v_tokens integer := floor(
    extract(epoch from now() - greatest((h).spent_until, now() - public.burst_of(t))) * (t).rate_per_second + 0.002
  );
begin
  if not (t).enabled or (t).paused_at is not null or (t).archived_at is not null or (h).disable_because is not null
    or (h).throttled_until > now() or (h).breaker = 'open' and (h).probe_at > now() then
    return 0;
  end if;
  select count(*), count(*) filter (where d.worker = p_worker), bool_or(d.id = (h).probe_delivery_id)
  into v_all, v_mine, v_probing
  from public.deliveries d
  where d.destination_id = (t).id and d.status = 'claimed';

  return greatest(0, case
    when (h).breaker in ('open', 'half_open') then least(case when v_probing then 0 else 1 end, v_tokens)
    else least((t).max_concurrency - v_all, (h).ramp - v_all, (p_slots + 1) / 2 - v_mine, v_tokens)
  end);
end
$$;

-- Which slots of a worker a destination's deliveries take, as p_shares tells them apart: {slow: free slots, unproven: free slots,
-- slow_slots: how many there are, late: [destinations that keep the worker waiting this moment]}.
--   slow      its newest attempts took two seconds and more, or it keeps the worker waiting now. However many such endpoints
--             hang, they share their slots in turn and take none from the others; one prompt answer makes it proven again.
--   unproven  it has never answered with success: two at a time until it does, from slots of its kind.
--   proven    all others. Rows never wait for anybody else, so they always are.
create function public.pace_of(t public.destinations, h public.destination_health, p_shares jsonb) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_shares is null or (t).kind = 'tables' then 'proven'
    when (h).lately_ms >= 2000 or p_shares -> 'late' @> to_jsonb((t).id) then 'slow'
    when (h).last_success_at is null then 'unproven'
    else 'proven'
  end;
$$;

-- How much of its rate a destination may save up: a tenth of a second's worth, and at least one delivery.
create function public.burst_of(t public.destinations) returns interval
language sql immutable set search_path = '' as $$
  select greatest(0.1, 1 / (t).rate_per_second) * interval '1 second';
$$;

-- The health of destinations, {id: {state, hold, health}} as Destination in lib/contract/destinations.ts. Its cost grows with the
-- hours that are shown and with what waits, never with what was sent.
create function public.read_health(p_destination_ids bigint[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(t.id, jsonb_build_object(
    'state', case
      when not t.enabled then 'disabled'
      when t.paused_at is not null then 'paused'
      when h.breaker <> 'closed' then h.breaker::text
      when h.throttled_until > now() then 'throttled'
      when h.consecutive_failures >= 5 or lately.failed > lately.succeeded then 'failing'
      when lately.succeeded is null then 'idle'
      when t.kind = 'http' and public.latency_quantile(lately.latency, 0.95) >= t.timeout_ms / 2 then 'slow'
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
      'throttled_until', case when h.throttled_until > now() then public.iso(h.throttled_until) end,
      'waiting', queue.waiting, 'held', queue.held, 'dead', queue.dead,
      'drain_seconds', ceil((queue.waiting + queue.held) / t.rate_per_second),
      'hours', day.hours
    )
  )), '{}')
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed, public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency,
      jsonb_agg(jsonb_build_object(
        'at', public.iso(x.at), 'succeeded', coalesce(s.succeeded, 0), 'failed', coalesce(s.failed, 0),
        'p95_ms', public.latency_quantile(s.latency, 0.95)
      ) order by x.at) as hours
    from generate_series(
      date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()), interval '1 hour'
    ) x(at)
    left join public.destination_statistics s on s.destination_id = t.id and s.span = 'hour' and s.at = x.at
  ) day
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed, public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency
    from public.destination_statistics s
    where s.destination_id = t.id and s.span = 'minute' and s.at > now() - interval '15 minutes'
  ) lately
  cross join lateral (
    select
      -- What is at the endpoint this moment does not wait.
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
