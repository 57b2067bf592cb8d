-- Starting a draft, within the limits per merchant.

-- Starts a draft, within the limits per merchant. p_limits: {max_per_hour, max_concurrent}.
-- Answers {result}: 'started' with the replay, 'not_found', 'not_a_draft', 'hourly_limit' or 'concurrent_limit' (with
-- the organisation, how many there are, and the limit).
create function public.start_replay(
  p_id bigint, p_limits jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_over jsonb;
begin
  -- One at a time: two starts together must not both fit under a limit that allows one.
  perform pg_advisory_xact_lock(hashtextextended('start_replay', 1));
  perform public.lock_replay(p_id);
  if public.replay_name(p_id, p_scope) is null then
    return jsonb_build_object('result', 'not_found');
  end if;

  v_over := public.limit_exceeded(p_id, p_limits);
  if v_over is not null and exists (select from public.replays r where r.id = p_id and r.status = 'draft') then
    return v_over;
  end if;

  update public.replays r set status = 'queued', queued_at = public.now_(),
    next_feed_at = greatest(r.scheduled_at, public.now_())
  where r.id = p_id and r.status = 'draft';
  if not found then
    return jsonb_build_object('result', 'not_a_draft', 'replay', public.get_replay(p_id, p_scope));
  end if;

  perform public.record_staff_action(
    'replay.start', 'wr_' || r.id, jsonb_build_object('reason', r.reason, 'deliveries', r.total, 'skipped', r.skipped),
    p_actor, p_actor_id, p_request_id
  )
  from public.replays r where r.id = p_id;
  perform public.advance_replay(p_id);
  return jsonb_build_object('result', 'started', 'replay', public.get_replay(p_id, p_scope));
end
$$;

-- The limit per merchant that starting this replay would break, as an answer; null when there is none.
create function public.limit_exceeded(p_id bigint, p_limits jsonb) returns jsonb
language sql stable set search_path = '' as $$
  with mine as (
    select i.organisation_id, count(distinct i.event_id) as events
    from public.replay_items i
    where i.replay_id = p_id and i.organisation_id is not null and i.outcome is null
    group by 1
  ),
  recent as (
    select i.organisation_id, count(distinct (r.id, i.event_id)) as events,
      count(distinct r.id) filter (where r.status in ('queued', 'running', 'paused') and r.kind <> 'single') as replays
    from public.replays r
    join public.replay_items i on i.replay_id = r.id
    where (r.queued_at > public.now_() - interval '1 hour' or r.status in ('queued', 'running', 'paused'))
      and i.organisation_id in (select m.organisation_id from mine m) and i.skip_reason is null
    group by 1
  )
  select case
    when coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer then jsonb_build_object(
      'result', 'hourly_limit', 'organisation', m.organisation_id, 'asked', m.events,
      'used', coalesce(l.events, 0), 'limit', p_limits -> 'max_per_hour'
    )
    else jsonb_build_object(
      'result', 'concurrent_limit', 'organisation', m.organisation_id, 'used', l.replays,
      'limit', p_limits -> 'max_concurrent'
    )
  end
  from mine m
  left join recent l using (organisation_id)
  join public.replays r on r.id = p_id
  where coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer
    or (r.kind <> 'single' and l.replays >= (p_limits ->> 'max_concurrent')::integer)
  order by m.organisation_id
  limit 1;
$$;

create function public.lock_replay(p_id bigint) returns void
language sql volatile set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('replay ' || p_id, 1));
$$;
