-- replay: somebody asks, with a reason, that deliveries run again. The selection is resolved once and frozen, so what
-- runs is what was previewed. Called by lib/pipeline/replay.ts; advance_replays by the worker loop.
--
-- draft → queued → running ⇄ paused → completed | stopped | cancelled
--
-- Who moves a replay or feeds its items holds its advisory lock (lock_replay), so that pausing and feeding never cross.
-- Rows are locked in one order everywhere: deliveries, events, items, the replay.
-- Long because a replay is one story: selecting, starting, feeding, stopping, ending.

-- Long because one state machine stands in one place: every transition of a replay, and what each must lock, in order.

-- Callers stand above what they call.
set check_function_bodies = off;

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

  -- A preview that nobody started in a day was only a look.
  delete from public.replays r where r.status = 'draft' and r.created_at < now() - interval '1 day';

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
    coalesce((p_options ->> 'scheduledAt')::timestamptz, now())
  )
  returning id into v_replay_id;

  perform public.route_again(v_events, p_options ->> 'destinations' = 'current');
  v_deliveries := public.select_deliveries(p_selection, v_events);

  insert into public.replay_items (
    replay_id, position, event_id, delivery_id, organisation_id, ordering_key, skip_reason, outcome, finished_at
  )
  select v_replay_id, row_number() over (order by x.received_at, x.event_id, x.delivery_id), x.event_id, x.delivery_id,
    x.organisation_id, x.ordering_key, x.skip_reason,
    case when x.skip_reason is not null then 'skipped' end::public.replay_outcome,
    case when x.skip_reason is not null then now() end
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
    -- A filter that speaks of deliveries replays those, and not the events' other ones.
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

-- Starts a draft, within the limits per merchant. p_limits: {max_per_hour, max_concurrent}.
-- Answers {result}: 'started' with the replay, 'not_found', 'not_a_draft', 'hourly_limit' or 'concurrent_limit' (with the
-- organisation, how many there are, and the limit).
create function public.start_replay(
  p_id bigint, p_limits jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_over jsonb;
begin
  -- One at a time: two starts together must not both fit under a limit that has room for one.
  perform pg_advisory_xact_lock(hashtextextended('start_replay', 1));
  perform public.lock_replay(p_id);
  if public.replay_name(p_id, p_scope) is null then
    return jsonb_build_object('result', 'not_found');
  end if;

  v_over := public.limit_exceeded(p_id, p_limits);
  if v_over is not null and exists (select from public.replays r where r.id = p_id and r.status = 'draft') then
    return v_over;
  end if;

  update public.replays r set status = 'queued', queued_at = now(), next_feed_at = greatest(r.scheduled_at, now())
  where r.id = p_id and r.status = 'draft';
  if not found then
    return jsonb_build_object('result', 'not_a_draft', 'replay', public.get_replay(p_id, p_scope));
  end if;

  perform public.note_action(p_actor, p_actor_id, 'replay.start', p_id, p_request_id, (
    select jsonb_build_object('reason', r.reason, 'deliveries', r.total, 'skipped', r.skipped)
    from public.replays r where r.id = p_id
  ));
  perform public.advance_replay(p_id);
  return jsonb_build_object('result', 'started', 'replay', public.get_replay(p_id, p_scope));
end
$$;

-- Pauses, resumes or cancels. What is at an endpoint this moment ends and counts; nothing else starts.
-- Answers {result}: 'done' with the replay, 'not_found', or 'not_possible' (with the replay as it is).
create function public.control_replay(
  p_id bigint, p_action text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_status public.replay_status;
begin
  perform public.lock_replay(p_id);
  select r.status into v_status from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not (
    (p_action = 'pause' and v_status in ('queued', 'running'))
    or (p_action = 'resume' and v_status = 'paused')
    or (p_action = 'cancel' and v_status in ('draft', 'queued', 'running', 'paused'))
  ) then
    return jsonb_build_object('result', 'not_possible', 'replay', public.get_replay(p_id, p_scope));
  end if;

  if p_action = 'resume' then
    update public.replays r set
      status = case when r.started_at is null then 'queued' else 'running' end::public.replay_status,
      next_feed_at = greatest(r.scheduled_at, now())
    where r.id = p_id;
    perform public.advance_replay(p_id);
  else
    perform public.take_back(p_id);
    if p_action = 'cancel' then
      perform public.end_replay(p_id, 'cancelled', 'cancelled', null);
    else
      update public.replays r set status = 'paused' where r.id = p_id;
    end if;
  end if;

  perform public.note_action(p_actor, p_actor_id, 'replay.' || p_action, p_id, p_request_id, '{}');
  return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id, p_scope));
end
$$;

-- Advances every replay that is under way. Called by the worker loop.
create function public.advance_replays() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_id bigint;
  v_fed integer := 0;
begin
  for v_id in
    select r.id from public.replays r
    where r.status in ('queued', 'running') and r.next_feed_at <= now()
    order by r.id
  loop
    -- Somebody else advances it already.
    continue when not pg_try_advisory_xact_lock(hashtextextended('replay ' || v_id, 1));
    v_fed := v_fed + public.advance_replay(v_id);
  end loop;
  return v_fed;
end
$$;

-- Hands the next items of a replay back to claim, as many as its options allow now; stops it when it goes wrong. The
-- caller holds the replay's lock. Answers how many it fed.
create function public.advance_replay(p_id bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  r public.replays;
  v_fed_before integer;
  v_in_progress integer;
  v_limit integer;
  v_batch integer;
  v_items integer[];
  v_fed bigint[];
  v_events bigint[];
  v_skipped integer;
begin
  select * into r from public.replays x
  where x.id = p_id and x.status in ('queued', 'running') and x.next_feed_at <= now();
  if not found then
    return 0;
  end if;

  select count(*) into v_in_progress from public.replay_items i
  where i.replay_id = p_id and i.fed_at is not null and i.outcome is null;
  v_fed_before := v_in_progress + r.succeeded + r.failed;

  if public.stop_when_failing(r, v_fed_before, v_in_progress) then
    return 0;
  end if;

  v_batch := coalesce((r.options ->> 'batchSize')::integer, 100);
  v_limit := case
    -- The canary goes alone, and its outcome is awaited.
    when v_fed_before < (r.options ->> 'canary')::integer then (r.options ->> 'canary')::integer - v_fed_before
    when v_in_progress > 0 and v_fed_before = (r.options ->> 'canary')::integer then 0
    -- Batches with a pause between them; without one, as much as keeps the workers busy and can be taken back.
    when (r.options ->> 'delayBetweenBatches')::integer > 0 then v_batch
    else greatest(0, 2 * v_batch - v_in_progress)
  end;
  if r.options ->> 'ratePerSecond' is not null then
    v_limit := least(v_limit, greatest(1, floor((r.options ->> 'ratePerSecond')::numeric / 2))::integer);
  end if;

  select array_agg(x.position) into v_items
  from (
    select i.position from public.replay_items i
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
      and not ((r.options ->> 'preserveOriginalOrder')::boolean and exists (
        select from public.replay_items b
        where b.replay_id = i.replay_id and b.ordering_key = i.ordering_key and b.position < i.position
          and b.outcome is null
      ))
    order by i.position
    limit v_limit
  ) x;

  -- Deliveries first, as everywhere; the items remember what they were.
  perform from public.deliveries d
  where d.id in (
    select i.delivery_id from public.replay_items i where i.replay_id = p_id and i.position = any (v_items)
  )
  order by d.id for update;

  update public.replay_items i set
    fed_at = now(), prior_status = d.status, prior_finished_at = d.finished_at
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where i.replay_id = p_id and i.position = any (v_items) and d.id = i.delivery_id
    and d.status in ('dead', 'delivered', 'cancelled', 'retrying') and t.enabled and t.paused_at is null
    and not public.predecessor_failed(r, i);

  select array_agg(i.delivery_id), array_agg(distinct i.event_id) filter (where not exists (
    select from public.replay_items b
    where b.replay_id = i.replay_id and b.event_id = i.event_id and b.fed_at is not null
      and not b.position = any (v_items)
  ))
  into v_fed, v_events
  from public.replay_items i
  where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is not null;

  update public.deliveries d set
    status = 'pending', lane = 'replay', due_at = now(), tries = 0, finished_at = null, replay_id = p_id
  where d.id = any (v_fed);

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  with skipped as (
    update public.replay_items i set outcome = 'skipped', finished_at = now(), skip_reason = case
      when public.predecessor_failed(r, i) then 'predecessor_failed'
      when not t.enabled then 'destination_disabled'
      when t.paused_at is not null then 'destination_paused'
      else 'in_flight'
    end::public.skip_reason
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is null and d.id = i.delivery_id
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays x set
    status = 'running',
    started_at = coalesce(x.started_at, now()),
    next_feed_at = now() + greatest(
      case when cardinality(v_items) > 0 then (r.options ->> 'delayBetweenBatches')::integer else 0 end
        * interval '1 second',
      coalesce(coalesce(cardinality(v_fed), 0) / (r.options ->> 'ratePerSecond')::numeric, 0) * interval '1 second'
    )
  -- Its last item may have ended since it was read: what has ended does not run again.
  where x.id = p_id and x.status in ('queued', 'running');
  perform public.count_outcomes(p_id, 0, 0, v_skipped);

  return coalesce(cardinality(v_fed), 0);
end
$$;

-- Stops a replay whose trial can no longer keep its limit, or whose failure rate is over its threshold. True when it did.
-- The trial stops at once: what has failed and waits for a retry counts as failed there (read_trial says why).
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

  perform public.take_back((r).id);
  perform public.end_replay((r).id, 'stopped', 'stopped', v_because);
  return true;
end
$$;

-- Takes back what was handed to claim and has not been claimed: those deliveries are what they were before. One that
-- waits for a retry has failed, and stays so.
create function public.take_back(p_id bigint) returns void
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
  where e.id in (select i.event_id from public.replay_items i where i.replay_id = p_id and i.delivery_id = any (v_waiting))
    and not exists (
      select from public.replay_items i
      where i.replay_id = p_id and i.event_id = e.id and i.fed_at is not null and not i.delivery_id = any (v_waiting)
    );

  update public.replay_items i set fed_at = null, prior_status = null, prior_finished_at = null
  where i.replay_id = p_id and i.delivery_id = any (v_waiting);
end
$$;

-- Ends a replay before its last item: what has not run is skipped, untouched.
create function public.end_replay(
  p_id bigint, p_status public.replay_status, p_skip_reason public.skip_reason, p_because text
) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_skipped integer;
begin
  with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = p_skip_reason, finished_at = now()
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays r set
    status = p_status, stopped_because = p_because, completed_at = now(), skipped = r.skipped + v_skipped
  where r.id = p_id and r.completed_at is null;
  if found then
    perform public.notice_end(p_id);
  end if;
end
$$;

-- Whether, in a replay that preserves order, an earlier item of the same key ended badly: what depends on it must not run.
create function public.predecessor_failed(r public.replays, i public.replay_items) returns boolean
language sql stable set search_path = '' as $$
  select (((r).options ->> 'preserveOriginalOrder')::boolean) is true and exists (
    select from public.replay_items b
    where b.replay_id = (i).replay_id and b.ordering_key = (i).ordering_key and b.position < (i).position
      and (b.outcome = 'failed' or b.skip_reason = 'predecessor_failed')
  );
$$;

-- Why a delivery would be skipped, null when it would run. The first reason that holds is the one that is said.
create function public.reason_to_skip(
  e public.events, d public.deliveries, t public.destinations, p_options jsonb, p_max_age_days integer
) returns public.skip_reason
language sql stable set search_path = '' as $$
  select case
    when (d).status not in ('dead', 'delivered', 'cancelled', 'retrying') then 'in_flight'
    when (e).received_at < now() - make_interval(days => p_max_age_days) then 'too_old'
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

-- How many events a selection matches, at most 100,000.
create function public.count_selection(p_selection jsonb, p_scope text[]) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_matched integer;
begin
  if not p_selection ? 'filter' then
    return cardinality(public.select_events(p_selection, p_scope, null));
  end if;
  execute format(
    'select count(*) from (select from public.events e where %s limit 100000) x',
    public.event_predicate(p_selection -> 'filter', p_scope)
  ) into v_matched;
  return v_matched;
end
$$;

-- The events a selection names, oldest first, at most p_limit. What is not in the scope is not named by any selection.
create function public.select_events(p_selection jsonb, p_scope text[], p_limit integer) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_condition text;
  v_events bigint[];
begin
  v_condition := case
    when p_selection ? 'filter' then public.event_predicate(p_selection -> 'filter', p_scope)
    when p_selection ? 'event_keys' then format(
      'e.provider = %L and e.event_key_hash in (
         select sha256(convert_to(k, ''UTF8'')) from jsonb_array_elements_text(%L::jsonb) k
       )%s%s', p_selection ->> 'provider_slug', p_selection -> 'event_keys',
      case when p_selection ? 'organisation_id' then
        format(' and e.organisation_id is not distinct from %L', p_selection ->> 'organisation_id')
      end,
      case when p_selection ? 'source_id' then
        format(' and e.source_id is not distinct from %L::bigint', p_selection ->> 'source_id')
      end
    )
    when p_selection ? 'failures_of' then format(
      'e.id in (
         select i.event_id from public.replay_items i
         where i.replay_id = %1$L::bigint and %3$L::boolean and (
           i.outcome = ''failed'' and (%2$L::text[] is null or i.error_class::text = any (%2$L::text[]))
           or i.skip_reason = ''predecessor_failed''
         )
       )', p_selection ->> 'failures_of', public.text_array(p_selection -> 'error_classes'),
      public.replay_name((p_selection ->> 'failures_of')::bigint, p_scope) is not null
    )
    else format(
      'e.id in (select k::bigint from jsonb_array_elements_text(%L::jsonb) k)', p_selection -> 'event_ids'
    )
  end;
  execute format(
    'select array_agg(x.id order by x.received_at, x.id) from (
       select e.id, e.received_at from public.events e where (%s) and %s order by e.received_at, e.id limit %s
     ) x', v_condition, public.scope_condition(p_scope, 'e.organisation_id'), coalesce(p_limit::text, 'all')
  ) into v_events;
  return coalesce(v_events, '{}');
end
$$;

-- Which deliveries of these events a selection means; null for all, which is when its filter says nothing of deliveries.
create function public.select_deliveries(p_selection jsonb, p_events bigint[]) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := public.delivery_predicate(p_selection -> 'filter');
  v_deliveries bigint[];
begin
  if v_condition is null then
    return null;
  end if;
  execute format(
    'select array_agg(x.id) from public.deliveries x where x.event_id = any ($1) and %s', v_condition
  ) into v_deliveries using p_events;
  return coalesce(v_deliveries, '{}');
end
$$;

-- Gives events deliveries to the destinations that want them today: events that nothing wanted when they came, or, with
-- p_all, every event. A new delivery is cancelled until a replay makes it pending.
create function public.route_again(p_events bigint[], p_all boolean) returns void
language sql volatile set search_path = '' as $$
  insert into public.deliveries (event_id, destination_id, status, ordering_key, finished_at)
  select e.id, d.id, 'cancelled', public.ordering_key_of(d, e), now()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
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
  lately as (
    select i.organisation_id, count(distinct (r.id, i.event_id)) as events,
      count(distinct r.id) filter (where r.status in ('queued', 'running', 'paused') and r.kind <> 'single') as replays
    from public.replays r
    join public.replay_items i on i.replay_id = r.id
    where (r.queued_at > now() - interval '1 hour' or r.status in ('queued', 'running', 'paused'))
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
  left join lately l using (organisation_id)
  join public.replays r on r.id = p_id
  where coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer
    or (r.kind <> 'single' and l.replays >= (p_limits ->> 'max_concurrent')::integer)
  order by m.organisation_id
  limit 1;
$$;

-- How a replayed delivery is retried: its replay's own numbers, where it has any.
create function public.replay_retries(d public.deliveries)
returns table (max_attempts integer, base_delay_ms integer, backoff_factor numeric)
language sql stable set search_path = '' as $$
  select (r.options ->> 'maxRetries')::integer + 1, (r.options ->> 'retryDelaySeconds')::integer * 1000,
    case r.options ->> 'retryPolicy' when 'fixed' then 1 when 'exponential_backoff' then 2 end::numeric
  from public.replays r
  where (d).lane = 'replay' and r.id = (d).replay_id;
$$;

create function public.lock_replay(p_id bigint) returns void
language sql volatile set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('replay ' || p_id, 1));
$$;

create function public.note_action(
  p_actor text, p_actor_id text, p_action text, p_replay_id bigint, p_request_id text, p_details jsonb
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, p_action, 'wr_' || p_replay_id, p_details, p_request_id);
$$;

-- Marks failed or dead events as handled by a person; retries that wait are cancelled.
-- Answers how many it marked: others were not failed or dead.
create function public.resolve_events(
  p_event_ids bigint[], p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  -- Others are as unknown as those that do not exist.
  v_asked bigint[] := array(
    select e.id from public.events e where e.id = any (p_event_ids) and public.in_scope(p_scope, e.organisation_id)
  );
  v_resolved bigint[];
begin
  perform from public.deliveries d
  where d.event_id = any (v_asked) and d.status in ('retrying', 'held') order by d.id for update;

  with resolved as (
    update public.events e set
      status = 'resolved', processed_at = now(), last_error = null, last_error_class = null
    where e.id in (select x.id from public.events x where x.id = any (v_asked) order by x.id for update)
      and e.status in ('failed', 'dead')
    returning e.id
  )
  select coalesce(array_agg(id), '{}') into v_resolved from resolved;

  update public.deliveries d set status = 'cancelled', finished_at = now()
  where d.event_id = any (v_resolved) and d.status in ('retrying', 'held');

  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  select p_actor, p_actor_id, 'event.resolve', 'we_' || e, jsonb_build_object('reason', p_reason), p_request_id
  from unnest(v_resolved) e;
  return cardinality(v_resolved);
end
$$;

-- What the changes would do if they were applied now, one after the other: applied for real, and rolled back.
create function public.preview_changes(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_preview jsonb;
begin
  begin
    v_preview := public.apply_changes(p_changes);
    raise exception using errcode = 'RDRVP';
  exception when sqlstate 'RDRVP' then
    -- The rows are as they were; the variable keeps what happened.
    null;
  end;
  return v_preview;
end
$$;

-- What a person has not seen yet, newest first.
create function public.list_notices(p_actor_id text, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', n.id, 'subject', n.subject, 'message', n.message, 'created_at', public.iso(n.created_at)
  ) order by n.id desc), '[]')
  from (
    select * from public.notices x
    where x.actor_id = p_actor_id and x.seen_at is null and public.all_in_scope(p_scope, x.organisations)
    order by x.id desc limit 20
  ) n;
$$;

create function public.see_notices(p_actor_id text, p_until bigint, p_scope text[]) returns void
language sql volatile set search_path = '' as $$
  update public.notices n set seen_at = now()
  where n.actor_id = p_actor_id and n.id <= p_until and n.seen_at is null
    and public.all_in_scope(p_scope, n.organisations);
$$;
