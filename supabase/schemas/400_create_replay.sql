-- replay: a user asks, with a reason, that deliveries run again. The selection is resolved once and frozen, so what
-- runs is what was previewed. Called by lib/pipeline/replay.ts; advance_replays by the worker loop.
--
-- draft → queued → running ⇄ paused → completed | stopped | cancelled
--
-- Who moves a replay or feeds its items holds its advisory lock (lock_replay), so that pausing and feeding never cross.
-- Rows are locked in one order everywhere: deliveries, events, items, the replay.

-- Creates a draft: resolves the selection and freezes it, oldest first, each item with the reason why it would be
-- skipped. p_selection: {event_ids: [1], only_dead?} or {provider_slug, event_keys: ["evt_1"]} or {filter: {…},
-- limit?} or {failures_of: replay id, error_classes?: […]}. With `limit` it takes what would run. p_options:
-- lib/contract/replay-options.ts. p_limits: {max_events, max_age_days, keep_empty?}. `keep_empty`: a request with an
-- idempotency key that matches nothing is answered with an ended replay of nothing, which its repetition gets again.
-- Answers {result, …}: 'created' with the replay; 'not_found' (no such event), 'no_destination',
-- 'in_flight' (everything is waiting or running already), 'too_many' (with matched and limit), 'too_old' (with days),
-- 'body_forgotten' (with at and days: all bytes were deleted), or 'key_reused' (the idempotency key belongs to a replay
-- of something else).
create function public.create_replay(
  p_kind public.replay_kind, p_selection jsonb, p_options jsonb, p_limits jsonb, p_reason text, p_scope text[],
  p_actor text, p_actor_id text, p_request_id text, p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_known public.replays;
  v_matched integer;
  v_limit integer;
  v_runnable jsonb;
  v_events bigint[];
  v_deliveries bigint[];
  v_lost bigint[];
  v_replay_id bigint;
  v_counts record;
begin
  perform public.lock_forgetting(false);
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
  if v_matched = 0 and p_idempotency_key is not null and (p_limits ->> 'keep_empty')::boolean then
    return public.create_empty_replay(
      p_kind, p_selection, p_options, p_reason, p_scope, p_actor, p_actor_id, p_request_id, p_idempotency_key
    );
  elsif v_matched = 0 then
    return jsonb_build_object('result', 'not_found');
  elsif v_matched > (p_limits ->> 'max_events')::integer and (p_selection ->> 'limit') is null then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_limits -> 'max_events');
  end if;
  v_limit := least((p_limits ->> 'max_events')::integer, (p_selection ->> 'limit')::integer);
  if p_selection ? 'filter' and (p_selection ->> 'limit') is not null then
    v_runnable := public.find_runnable_events(
      p_selection, p_scope, p_options, (p_limits ->> 'max_age_days')::integer, v_limit
    );
    v_events := array(select jsonb_array_elements_text(v_runnable -> 'events')::bigint);
  end if;
  -- When nothing would run, the items say why.
  if coalesce(cardinality(v_events), 0) = 0 then
    v_events := public.select_events(p_selection, p_scope, v_limit);
  end if;

  insert into public.replays (
    kind, reason, actor, actor_id, request_id, idempotency_key, options, selection, matched, remaining, scheduled_at
  )
  values (
    p_kind, p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection, v_matched,
    coalesce((v_runnable ->> 'remaining')::integer, 0),
    coalesce((p_options ->> 'scheduledAt')::timestamptz, public.now_())
  )
  returning id into v_replay_id;

  perform public.reroute_events(v_events, p_options ->> 'destinations' = 'current');
  v_deliveries := public.select_deliveries(p_selection, v_events);
  if (p_options ->> 'skipAlreadyApplied')::boolean then
    v_lost := public.lost_deliveries(array(
      select d.id from public.deliveries d where d.event_id = any (v_events) and d.status = 'delivered'
    ));
  end if;

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
      public.reason_to_skip(
        e, d, t, p_options, (p_limits ->> 'max_age_days')::integer, d.id = any (v_lost)
      ) as skip_reason
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
    count(*) filter (where i.skip_reason = 'in_flight') as in_flight,
    count(*) filter (where i.skip_reason = 'body_forgotten') as forgotten, min(i.event_id) as first
  into v_counts
  from public.replay_items i
  where i.replay_id = v_replay_id;

  if v_counts.items = 0 or v_counts.items in (v_counts.too_old, v_counts.in_flight, v_counts.forgotten) then
    delete from public.replays r where r.id = v_replay_id;
    if v_counts.items > 0 and v_counts.items = v_counts.forgotten then
      return '{"result": "body_forgotten"}' || public.body_forgotten(v_counts.first);
    end if;
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

-- A replay of nothing, which ended when it was made.
create function public.create_empty_replay(
  p_kind public.replay_kind, p_selection jsonb, p_options jsonb, p_reason text, p_scope text[], p_actor text,
  p_actor_id text, p_request_id text, p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_replay_id bigint;
begin
  insert into public.replays (
    kind, status, reason, actor, actor_id, request_id, idempotency_key, options, selection, organisations, queued_at,
    started_at, completed_at
  )
  values (
    p_kind, 'completed', p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection,
    p_scope, public.now_(), public.now_(), public.now_()
  )
  returning id into v_replay_id;
  return jsonb_build_object('result', 'created', 'repeated', false, 'replay', public.get_replay(v_replay_id, p_scope));
end
$$;
