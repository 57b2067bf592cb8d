-- What waits, what holds it, and until when: said once, for pages, the API and lists. And the way out of an open circuit.
-- Called by lib/queries, lib/destinations/manage.ts and by the reads of 14_read.sql; try_destination_now by people.

-- Callers stand above what they call.
set check_function_bodies = off;

-- What holds back every delivery of a destination, null when nothing does: {why, since, until, by, because}.
--   disabled   by whom, or why it was
--   paused     by whom
--   circuit    its circuit is open: until the next try
--   probe      one delivery is let through, or the next one is: the others wait for how it ends
--   throttled  the endpoint asked for a pause
create function public.hold_of(t public.destinations, h public.destination_health) returns jsonb
language sql stable set search_path = '' as $$
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
$$;

-- The same for somebody who sees some organisations: of another one's destination it says neither who nor why.
create function public.hold_within(t public.destinations, h public.destination_health, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then public.hold_of(t, h)
    else public.hold_of(t, h) || '{"by": null, "because": null}'
  end;
$$;

-- What holds one delivery: its destination's hold, or `order`, the oldest unfinished delivery of the same key before it:
-- {…, until: its retry, event_id: where it is in the scope}. Null when nothing does.
create function public.hold_of_delivery(
  d public.deliveries, t public.destinations, h public.destination_health, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(public.hold_within(t, h, p_scope), case when (d).status in ('pending', 'retrying') then (
    select jsonb_build_object(
      'why', 'order', 'because', null, 'since', null,
      'until', case x.status when 'retrying' then public.iso(x.due_at) end, 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = x.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from public.deliveries x
    -- As is_first decides in the claim.
    where x.destination_id = (d).destination_id and x.ordering_key = (d).ordering_key and x.id < (d).id
      and x.status in ('pending', 'claimed', 'retrying', 'held') and ((d).lane = 'replay' or x.lane = 'live')
    order by x.id limit 1
  ) end);
$$;

-- How many deliveries wait, over all destinations, each count at most 10,000: {count: pending or to be retried, blocked: of
-- these, those that their destination holds back, held: those that are held while it is paused or disabled}. The sums of
-- what read_health says of each destination.
create function public.read_waits() returns jsonb
language sql stable set search_path = '' as $$
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
$$;

-- What holds the deliveries of a replay that have not ended, or would hold those of a draft, and how its trial goes: {holds,
-- trial}. Null when it is not in the scope. The holds are those of the destinations, each with {destination_id, destination, deliveries}, most first. `order`: they wait behind an older delivery of the same
-- key that is not the replay's: {event_id, until: its retry}.
create function public.read_replay_progress(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
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
$$;

-- How the trial of a replay goes, its first `canary` deliveries; null for a replay without one.
-- {size, succeeded, failed, retrying, allowed, limit, state}. `failed` counts a delivery from its first failure on, also while
-- it waits for a retry (`retrying` of them do): the trial asks whether the endpoint takes deliveries now, and an open circuit
-- can make a retry wait for minutes. More than `allowed` failures, its limit of the size, and it has failed.
create function public.read_trial(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
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
$$;

-- Lets the next waiting delivery of an open circuit out at once, as its probe; with p_all, those that wait for their retry
-- follow it as soon as it succeeds, the oldest 2,000 of them, within the destination's rate.
-- Answers {result}: 'done', 'not_found', 'not_possible' (rows have no circuit), 'disabled', 'paused', 'throttled' (with
-- until), 'closed' (nothing to try), or 'trying': one is out or was let out a moment ago, by another caller or by itself.
create function public.try_destination_now(
  p_id bigint, p_all boolean, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
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
$$;
