-- Stopping a replay that goes wrong, and what stopping, pausing and cancelling share.

-- Stops a replay whose trial can no longer keep its limit, or whose failure rate is over its threshold. True when it
-- did. The trial stops at once: what has failed and waits for a retry counts as failed there (read_trial says why).
create function public.stop_when_failing(r public.replays, p_fed integer, p_in_progress integer) returns boolean
language plpgsql volatile set search_path = '' as $$
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

  perform public.unfeed_items((r).id);
  perform public.end_replay((r).id, 'stopped', 'stopped', v_because);
  return true;
end
$$;

-- How the trial of a replay goes, its first `canary` deliveries; null for a replay without one.
-- {size, succeeded, failed, retrying, allowed, limit, state}. `failed` counts a delivery from its first failure on,
-- also while it waits for a retry (`retrying` of them do): the trial asks whether the endpoint takes deliveries now,
-- and an open circuit can make a retry wait for minutes. More than `allowed` failures, its limit of the size, and it
-- has failed.
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

-- Takes back what was handed to claim and has not been claimed: those deliveries are what they were before. One that
-- waits for a retry has failed, and stays so.
create function public.unfeed_items(p_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_waiting bigint[];
begin
  select array_agg(x.id) into v_waiting
  from (
    select d.id from public.deliveries d
    join public.replay_items i on i.delivery_id = d.id
    where i.replay_id = p_id and i.fed_at is not null and i.outcome is null
      and d.replay_id = p_id and (d.status = 'pending' or d.status = 'held' and d.tries = 0)
    order by d.id
    for update of d
  ) x;

  update public.deliveries d set
    status = i.prior_status,
    finished_at = i.prior_finished_at,
    lane = 'live'
  from public.replay_items i
  where d.id = any (v_waiting) and i.replay_id = p_id and i.delivery_id = d.id;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_waiting)
  ));

  update public.events e set replay_count = e.replay_count - 1
  where e.id in (
    select i.event_id from public.replay_items i where i.replay_id = p_id and i.delivery_id = any (v_waiting)
  )
    and not exists (
      select from public.replay_items i
      where i.replay_id = p_id and i.event_id = e.id and i.fed_at is not null and not i.delivery_id = any (v_waiting)
    );

  update public.replay_items i set fed_at = null, prior_status = null, prior_finished_at = null
  where i.replay_id = p_id and i.delivery_id = any (v_waiting);
end
$$;

-- Ends a replay before its last item: what has not run is skipped, untouched. An event whose own webhook came after
-- its back-fill is delivered all the same: the webhook was acknowledged.
create function public.end_replay(
  p_id bigint, p_status public.replay_status, p_skip_reason public.skip_reason, p_because text
) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_late bigint[];
  v_skipped integer;
begin
  select array_agg(distinct i.event_id) into v_late
  from public.replay_items i
  join public.events e on e.id = i.event_id
  where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    and public.is_brought_back(e.origin) and e.duplicate_count > 0;
  if v_late is not null then
    perform public.deliver_late_webhooks(v_late);
  end if;

  with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = p_skip_reason, finished_at = public.now_()
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays r set
    status = p_status, stopped_because = p_because, completed_at = public.now_(), skipped = r.skipped + v_skipped
  where r.id = p_id and r.completed_at is null;
  if found then
    perform public.notice_end(p_id);
  end if;
end
$$;
