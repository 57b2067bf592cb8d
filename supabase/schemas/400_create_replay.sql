-- replay: a user asks, with a reason, that deliveries run again. The selection is resolved once and frozen, so what
-- runs is what was previewed. Called by lib/pipeline/replay.ts; advance_replays by the worker loop.
--
-- draft → queued → running ⇄ paused → completed | stopped | cancelled
--
-- Who moves a replay or feeds its items holds its advisory lock (lock_replay), so that pausing and feeding never cross.
-- Rows are locked in one order everywhere: deliveries, events, items, the replay.

-- Creates a draft: resolves the selection and freezes it, oldest first, each item with the reason why it would be
-- skipped. p_selection: {event_ids: [1]} or {provider_slug, event_keys: ["evt_1"]} or {filter: {…}, limit?} or
-- {failures_of: replay id, error_classes?: […]}. p_options: lib/contract/replay-options.ts. p_limits: {max_events,
-- max_age_days}. Answers {result, …}: 'created' with the replay; 'not_found' (no such event), 'no_destination',
-- 'in_flight' (everything is waiting or running already), 'too_many' (with matched and limit), 'too_old' (with days),
-- or 'key_reused' (the idempotency key belongs to a replay of something else).
create function public.create_replay(
  p_kind public.replay_kind, p_selection jsonb, p_options jsonb, p_limits jsonb, p_reason text, p_scope text[],
  p_actor text, p_actor_id text, p_request_id text, p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_known public.replays;
  v_matched integer;
  v_events bigint[];
  v_deliveries bigint[];
  v_replay_id bigint;
  v_counts record;
begin
  if p_idempotency_key is not null then
    perform pg_advisory_xact_lock(hashtextextended(p_actor_id || ' ' || p_idempotency_key, 1));
    select * into v_known from public.replays r
    where r.actor_id = p_actor_id and r.idempotency_key = p_idempotency_key;
    if found then
      return case
        when v_known.selection = p_selection and v_known.options = p_options
          and public.all_in_scope(p_scope, v_known.organisations)
        then jsonb_build_object('result', 'created', 'repeated', true, 'replay', public.get_replay(v_known.id, p_scope))
        -- Null for a replay that the caller may not see any more.
        else jsonb_build_object('result', 'key_reused', 'replay', public.get_replay(v_known.id, p_scope))
      end;
    end if;
  end if;

  -- A draft that was not started within a day was only a preview.
  delete from public.replays r where r.status = 'draft' and r.created_at < public.now_() - interval '1 day';

  v_matched := public.count_selection(p_selection, p_scope);
  if v_matched = 0 then
    return jsonb_build_object('result', 'not_found');
  elsif v_matched > (p_limits ->> 'max_events')::integer and (p_selection ->> 'limit') is null then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_limits -> 'max_events');
  end if;
  v_events := public.select_events(
    p_selection, p_scope, least((p_limits ->> 'max_events')::integer, (p_selection ->> 'limit')::integer)
  );

  insert into public.replays (
    kind, reason, actor, actor_id, request_id, idempotency_key, options, selection, matched, scheduled_at
  )
  values (
    p_kind, p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection, v_matched,
    coalesce((p_options ->> 'scheduledAt')::timestamptz, public.now_())
  )
  returning id into v_replay_id;

  perform public.reroute_events(v_events, p_options ->> 'destinations' = 'current');
  v_deliveries := public.select_deliveries(p_selection, v_events);

  insert into public.replay_items (
    replay_id, position, event_id, delivery_id, organisation_id, ordering_key, skip_reason, outcome, finished_at
  )
  select v_replay_id, row_number() over (order by x.received_at, x.event_id, x.delivery_id), x.event_id, x.delivery_id,
    x.organisation_id, x.ordering_key, x.skip_reason,
    case when x.skip_reason is not null then 'skipped' end::public.replay_outcome,
    case when x.skip_reason is not null then public.now_() end
  from (
    select e.received_at, e.id as event_id, d.id as delivery_id, e.organisation_id,
      d.destination_id || ' ' || coalesce(e.object_id, e.event_key) as ordering_key,
      public.reason_to_skip(e, d, t, p_options, (p_limits ->> 'max_age_days')::integer) as skip_reason
    from public.events e
    join public.deliveries d on d.event_id = e.id
    join public.destinations t on t.id = d.destination_id
    where e.id = any (v_events) and (
      not p_selection ? 'failures_of' or d.id in (
        select i.delivery_id from public.replay_items i
        where i.replay_id = (p_selection ->> 'failures_of')::bigint
          and (i.outcome = 'failed' or i.skip_reason = 'predecessor_failed')
      )
    )
    -- A filter about deliveries replays those, and not the events' other ones.
    and (v_deliveries is null or d.id = any (v_deliveries))
  ) x;

  select count(*) as items, count(*) filter (where i.skip_reason is not null) as skipped,
    count(*) filter (where i.skip_reason = 'too_old') as too_old,
    count(*) filter (where i.skip_reason = 'in_flight') as in_flight
  into v_counts
  from public.replay_items i
  where i.replay_id = v_replay_id;

  if v_counts.items = 0 or v_counts.items in (v_counts.too_old, v_counts.in_flight) then
    delete from public.replays r where r.id = v_replay_id;
    return jsonb_build_object('days', p_limits -> 'max_age_days', 'result', case v_counts.items
      when 0 then 'no_destination' when v_counts.too_old then 'too_old' else 'in_flight'
    end);
  end if;

  update public.replays r set total = v_counts.items, skipped = v_counts.skipped, organisations = (
    select case when bool_and(i.organisation_id is not null) then array_agg(distinct i.organisation_id) end
    from public.replay_items i where i.replay_id = v_replay_id
  )
  where r.id = v_replay_id;
  return jsonb_build_object('result', 'created', 'repeated', false, 'replay', public.get_replay(v_replay_id, p_scope));
end
$$;

-- Why a delivery would be skipped, null when it would run. The first reason that holds is the one that is said.
create function public.reason_to_skip(
  e public.events, d public.deliveries, t public.destinations, p_options jsonb, p_max_age_days integer
) returns public.skip_reason
language sql stable set search_path = '' as $$
  select case
    when (d).status not in ('dead', 'delivered', 'cancelled', 'retrying') then 'in_flight'
    when (e).received_at < public.now_() - make_interval(days => p_max_age_days) then 'too_old'
    -- A delivery from before the destination took live events alone.
    when not public.takes_mode(t, (e).livemode) then 'test_mode'
    when not (t).enabled then 'destination_disabled'
    when (t).paused_at is not null then 'destination_paused'
    when (p_options ->> 'skipAlreadyApplied')::boolean then case
      when (d).status = 'delivered' then 'already_applied'
      -- An endpoint that has the newer state of this object must not get the older one. Rows guard themselves.
      when (t).kind = 'http' and (e).replaces_older and (e).object_id is not null and exists (
        select from public.events n
        join public.deliveries x on x.event_id = n.id and x.destination_id = (t).id and x.status = 'delivered'
        where n.provider = (e).provider and n.object_id = (e).object_id and n.event_type = (e).event_type
          and coalesce(n.occurred_at, n.received_at) > coalesce((e).occurred_at, (e).received_at)
      ) then 'superseded'
    end
  end::public.skip_reason;
$$;
