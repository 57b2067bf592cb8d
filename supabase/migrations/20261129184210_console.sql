-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.get_event (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select (public.event_summaries(array[e.id], p_scope) -> 0) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries, 'max_attempts', coalesce((select p.max_attempts from public.replay_retries(d) p), t.max_attempts),
        'hold', public.hold_within(t, h, p_scope),
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', public.replay_name(d.replay_id, p_scope), 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object(
          'id', t.id, 'slug', case when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug else 'ds_' || t.id end,
          'name', public.destination_name(t, p_scope), 'kind', t.kind,
          'url', case when public.in_scope(p_scope, t.organisation_id) then public.mask_url(t.url) end
        ),
        'attempts', coalesce((
          select jsonb_agg(
            public.attempt_detail(a) || jsonb_build_object('replay_id', public.replay_name(a.replay_id, p_scope))
            order by a.number
          )
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      left join public.destination_health h on h.destination_id = t.id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.replay_detail(r) order by r.id)
      from public.replays r
      where r.id in (select i.replay_id from public.replay_items i where i.event_id = e.id)
        and public.all_in_scope(p_scope, r.organisations)
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]')
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$function$;

CREATE OR REPLACE FUNCTION public.hold_of (
  t public.destinations,
  h public.destination_health
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select x.hold || jsonb_build_object('since', public.iso(x.since), 'until', public.iso(x.until), 'by', case
    when x.action is not null then (
      select a.actor from public.staff_actions a
      where a.subject = 'ds_' || (t).id and a.action = x.action and a.acted_at >= x.since and a.actor_id <> 'system'
      order by a.acted_at desc, a.id desc limit 1
    )
  end)
  from (
    select jsonb_build_object('why', w.why, 'because', case w.why when 'disabled' then (t).disabled_because end) as hold,
      case w.why when 'disabled' then (t).disabled_at when 'paused' then (t).paused_at else (h).opened_at end as since,
      case w.why when 'circuit' then greatest((h).probe_at, (h).throttled_until) when 'throttled' then (h).throttled_until end
        as until,
      case w.why when 'disabled' then 'destination.disable' when 'paused' then 'destination.pause' end as action
    from (
      select case
        when not (t).enabled then 'disabled'
        when (t).paused_at is not null then 'paused'
        when (h).breaker = 'open' and (h).probe_at > now() then 'circuit'
        when (h).throttled_until > now() then 'throttled'
        when (h).breaker <> 'closed' then 'probe'
      end as why
    ) w
  ) x
  where x.hold ->> 'why' is not null;
$function$;

REVOKE ALL ON FUNCTION "public"."hold_of"(public.destinations, public.destination_health) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_within (
  t       public.destinations,
  h       public.destination_health,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then public.hold_of(t, h)
    else public.hold_of(t, h) || '{"by": null, "because": null}'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."hold_within"(public.destinations, public.destination_health, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replay_items (
  p_replay_id bigint,
  p_outcome   text,
  p_after     integer,
  p_limit     integer,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', public.destination_name(t, p_scope), 'delivery_status', d.status, 'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries, 'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'hold', case when i.outcome is null then public.hold_within(t, h, p_scope) end,
    'changes', coalesce(a.changes, '[]')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after and public.replay_name(p_replay_id, p_scope) is not null
      and case
        when p_outcome is null then true
        when p_outcome = 'waiting' then x.outcome is null
        else x.outcome::text = p_outcome
      end
    order by x.position
    limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.attempts a on a.id = i.attempt_id;
$function$;

CREATE OR REPLACE FUNCTION public.preview_replay (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, public.destination_name(t, p_scope) as destination, t.kind,
      -- How fast and well others' deliveries go there is not told.
      public.in_scope(p_scope, t.organisation_id) as shows_health
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and public.replay_name(p_id, p_scope) is not null
  ),
  splits as (
    select s.name, s.value, count(distinct x.event_id) as count
    from items x
    cross join lateral (values
      ('provider', x.provider), ('event_type', x.event_type), ('destination', x.destination),
      ('organisation', x.organisation_id), ('status', x.status::text)
    ) as s(name, value)
    group by s.name, s.value
  )
  select jsonb_build_object(
    'events', (select count(distinct x.event_id) from items x),
    'deliveries', (select count(*) from items x),
    'to_run', (select count(*) from items x where x.skip_reason is null),
    'to_skip', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select x.skip_reason, count(*) as count from items x where x.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'by', coalesce((
      select jsonb_object_agg(g.name, g.split) from (
        select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count', s.count) order by s.count desc, s.value)
          as split
        from splits s group by s.name
      ) g
    ), '{}'),
    'oldest', (select public.iso(min(x.received_at)) from items x),
    'newest', (select public.iso(max(x.received_at)) from items x),
    'average_ms', (
      select coalesce(avg(a.duration_ms), 100)::integer
      from (select distinct x.destination_id from items x where x.skip_reason is null and x.shows_health) x
      cross join lateral (
        select a.duration_ms from public.deliveries d
        join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
        where d.destination_id = x.destination_id and a.status = 'succeeded'
        order by d.id desc limit 50
      ) a
    ),
    -- Destinations whose newest attempts mostly failed: replaying into them is likely to fail again.
    'unhealthy_destinations', coalesce((
      select jsonb_agg(h.destination order by h.destination) from (
        select x.destination
        from (
          select distinct y.destination_id, y.destination from items y where y.skip_reason is null and y.shows_health
        ) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > now() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$function$;

CREATE OR REPLACE FUNCTION public.read_condition()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'at', public.iso(clock_timestamp()),
    -- Not that of this transaction: PostgREST makes every read one that cannot write.
    'read_only', current_setting('default_transaction_read_only') = 'on', 'standby', pg_is_in_recovery(),
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'accepted', r.accepted, 'rejected', r.rejected)
        order by r.provider)
      from (
        select s.provider, coalesce(sum(s.count) filter (where s.outcome <> 'rejected'), 0) as accepted,
          coalesce(sum(s.count) filter (where s.outcome = 'rejected'), 0) as rejected
        from public.statistics s
        where s.organisation_id = '' and s.minute > now() - interval '5 minutes' and s.outcome in ('received', 'duplicate', 'conflict', 'rejected')
        group by s.provider
      ) r
    ), '[]')
  ) || public.read_backlog(null);
$function$;

CREATE OR REPLACE FUNCTION public.read_health (
  p_destination_ids bigint[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'dead') as dead
  ) queue
  where t.id = any (p_destination_ids);
$function$;

CREATE OR REPLACE FUNCTION public.read_replay_progress (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with behind as (
    select d.destination_id, count(*) as deliveries, min(b.event_id) as event_id, min(b.retry_at) as retry_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    cross join lateral (
      select x.event_id, case x.status when 'retrying' then x.due_at end as retry_at, x.replay_id
      from public.deliveries x
      where x.destination_id = d.destination_id and x.ordering_key = d.ordering_key and x.id < d.id
        and x.status in ('pending', 'claimed', 'retrying', 'held')
      order by x.id limit 1
    ) b
    where i.replay_id = p_id and i.fed_at is not null and i.outcome is null
      and d.status in ('pending', 'retrying') and d.ordering_key is not null and b.replay_id is distinct from p_id
    group by d.destination_id
  ),
  holds as (
    select t.id, public.destination_name(t, p_scope) as name, c.deliveries, public.hold_within(t, h, p_scope) as hold
    from (
      select d.destination_id, count(*) as deliveries
      from public.replay_items i
      join public.deliveries d on d.id = i.delivery_id
      where i.replay_id = p_id and i.outcome is null
      group by d.destination_id
    ) c
    join public.destinations t on t.id = c.destination_id
    left join public.destination_health h on h.destination_id = t.id
    union all
    select t.id, public.destination_name(t, p_scope), b.deliveries, jsonb_build_object(
      'why', 'order', 'because', null, 'since', null, 'until', public.iso(b.retry_at), 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = b.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from behind b
    join public.destinations t on t.id = b.destination_id
  )
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'holds', (
      select coalesce(jsonb_agg(h.hold || jsonb_build_object(
        'destination_id', 'ds_' || h.id, 'destination', h.name, 'deliveries', h.deliveries
      ) order by h.deliveries desc, h.id), '[]')
      from holds h
      where h.hold is not null
    ),
    'trial', public.read_trial(p_id)
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."read_replay_progress"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_trial (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with sized as (
    select r.id, coalesce((r.options ->> 'stopOnFailureRate')::numeric, 0) as rate, least(
      (r.options ->> 'canary')::integer,
      r.total - (
        select count(*) from public.replay_items i
        where i.replay_id = r.id and i.skip_reason not in ('stopped', 'cancelled')
      )
    )::integer as size
    from public.replays r
    where r.id = p_id and (r.options ->> 'canary')::integer > 0
  ),
  counted as (
    select s.size, s.rate, floor(s.size * s.rate)::integer as allowed,
      count(*) filter (where x.outcome <> 'failed')::integer as succeeded,
      count(*) filter (where x.outcome = 'failed' or x.is_retrying)::integer as failed,
      count(*) filter (where x.is_retrying)::integer as retrying
    from sized s
    left join lateral (
      select i.outcome, i.outcome is null and d.tries > 0 and d.status in ('retrying', 'held') and d.replay_id = s.id
        as is_retrying
      from public.replay_items i
      join public.deliveries d on d.id = i.delivery_id
      where i.replay_id = s.id and i.fed_at is not null and i.skip_reason is null
      order by i.fed_at, i.position
      limit s.size
    ) x on true
    group by s.size, s.rate
  )
  select jsonb_build_object(
    'size', c.size, 'succeeded', c.succeeded, 'failed', c.failed, 'retrying', c.retrying, 'allowed', c.allowed,
    'limit', c.rate, 'state', case
      when c.failed > c.allowed then 'failed'
      when c.succeeded + c.failed - c.retrying >= c.size then 'passed'
      else 'running'
    end
  )
  from counted c
  where c.size > 0;
$function$;

REVOKE ALL ON FUNCTION "public"."read_trial"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_waiting()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.read_waiting_within (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.read_waits()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'count', least(coalesce(sum(q.waiting), 0), 10000),
    'blocked', least(coalesce(sum(q.waiting) filter (where q.hold is not null), 0), 10000),
    'held', least(coalesce(sum(q.held), 0), 10000)
  )
  from (
    select public.hold_of(t, h) as hold,
      (
        select count(*) from (
          select from public.deliveries d
          where d.destination_id = t.id and d.status in ('pending', 'retrying') limit 10000
        ) w
      ) as waiting,
      (
        select count(*) from (
          select from public.deliveries d where d.destination_id = t.id and d.status = 'held' limit 10000
        ) w
      ) as held
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.archived_at is null
  ) q;
$function$;

REVOKE ALL ON FUNCTION "public"."read_waits"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.stop_when_failing (
  r             public.replays,
  p_fed         integer,
  p_in_progress integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_ended integer := (r).succeeded + (r).failed;
  v_canary integer := coalesce(((r).options ->> 'canary')::integer, 0);
  v_threshold numeric := ((r).options ->> 'stopOnFailureRate')::numeric;
  v_trial jsonb;
  v_because text;
begin
  if v_canary > 0 and p_fed between 1 and v_canary then
    v_trial := public.read_trial((r).id);
  end if;
  if v_trial ->> 'state' = 'failed' then
    v_because := format('Trial: %s of %s failed, %s.', v_trial ->> 'failed', v_trial ->> 'size', case
      when v_threshold > 0 then format('the limit is %s %%', round(v_threshold * 100)) else 'none may fail'
    end);
  -- A rate needs something to be a rate of.
  elsif v_ended > 0 and v_ended >= least(10, (r).total - (r).skipped) and (r).failed > v_ended * v_threshold then
    v_because := format('%s of %s items failed, more than %s %%.', (r).failed, v_ended, round(v_threshold * 100));
  end if;
  if v_because is null then
    return false;
  end if;

  perform public.take_back((r).id);
  perform public.end_replay((r).id, 'stopped', 'stopped', v_because);
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.try_destination_now (
  p_id         bigint,
  p_all        boolean,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_result text;
  v_until timestamptz;
begin
  -- One statement decides: of two callers, the second finds the time of the probe in the past.
  update public.destination_health h set probe_at = now()
  from public.destinations t
  where h.destination_id = p_id and t.id = p_id and t.enabled and t.paused_at is null and t.archived_at is null
    and public.in_scope(p_scope, t.organisation_id) and h.disable_because is null and h.breaker = 'open' and h.probe_at > now() and h.throttled_until > now() is not true;
  if not found then
    select case
      when t.kind <> 'http' then 'not_possible'
      when not t.enabled or h.disable_because is not null then 'disabled'
      when t.paused_at is not null then 'paused'
      when coalesce(h.breaker, 'closed') = 'closed' then 'closed'
      when h.throttled_until > now() then 'throttled'
      else 'trying'
    end, h.throttled_until
    into v_result, v_until
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.id = p_id and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
    return jsonb_build_object('result', coalesce(v_result, 'not_found'), 'until', public.iso(v_until));
  end if;

  -- What is out to try must be due: the oldest, which nothing of its key comes before. What somebody moves is passed over.
  update public.deliveries d set due_at = now()
  where d.id = any (array(
    select x.id from public.deliveries x
    where x.destination_id = p_id and x.status in ('pending', 'retrying') and x.due_at > now()
      and (p_all or x.id = (
        select y.id from public.deliveries y
        where y.destination_id = p_id and y.status in ('pending', 'retrying')
        order by y.lane = 'replay', y.id limit 1
      ))
    order by x.id
    limit public.hold_batch()
    for update skip locked
  ));

  perform public.note_destination(
    p_id, 'try_now', p_actor, p_actor_id, p_request_id, jsonb_build_object('all', p_all)
  );
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."try_destination_now"(bigint, boolean, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

GRANT EXECUTE ON FUNCTION "public"."hold_of"(public.destinations, public.destination_health) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_within"(public.destinations, public.destination_health, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_replay_progress"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_trial"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_waits"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."try_destination_now"(bigint, boolean, text[], text, text, text) TO "service_role";
