-- Feeding a replay's items to claim. advance_replays is called by the worker loop.

-- Advances every replay that is under way. Called by the worker loop.
create function public.advance_replays() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_id bigint;
  v_fed integer := 0;
begin
  for v_id in
    select r.id from public.replays r
    where r.status in ('queued', 'running') and r.next_feed_at <= public.now_()
    order by r.id
  loop
    -- Another worker advances it already.
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
  where x.id = p_id and x.status in ('queued', 'running') and x.next_feed_at <= public.now_();
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
    fed_at = public.now_(), prior_status = d.status, prior_finished_at = d.finished_at
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where i.replay_id = p_id and i.position = any (v_items) and d.id = i.delivery_id
    and d.status in ('dead', 'delivered', 'cancelled', 'retrying') and public.takes_deliveries(t)
    -- Two requests for one dead letter deliver it once, however they overlap.
    and (d.status = 'dead' or not r.selection ? 'only_dead')
    -- The webhook came after the back-fill was made, and delivered its event.
    and (r.kind not in ('back_fill', 'incident') or d.status <> 'delivered' or d.finished_at <= r.created_at)
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
    status = 'pending', lane = 'replay', due_at = public.now_(), tries = 0, finished_at = null, replay_id = p_id
  where d.id = any (v_fed);

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  with skipped as (
    update public.replay_items i set outcome = 'skipped', finished_at = public.now_(), skip_reason = case
      when public.predecessor_failed(r, i) then 'predecessor_failed'
      when not t.enabled then 'destination_disabled'
      when t.paused_at is not null then 'destination_paused'
      when d.status = 'delivered' then 'already_applied'
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
    started_at = coalesce(x.started_at, public.now_()),
    next_feed_at = public.now_() + greatest(
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

-- Whether, in a replay that preserves order, an earlier item of the same key ended badly: what depends on it must not
-- run.
create function public.predecessor_failed(r public.replays, i public.replay_items) returns boolean
language sql stable set search_path = '' as $$
  select (((r).options ->> 'preserveOriginalOrder')::boolean) is true and exists (
    select from public.replay_items b
    where b.replay_id = (i).replay_id and b.ordering_key = (i).ordering_key and b.position < (i).position
      and (b.outcome = 'failed' or b.skip_reason = 'predecessor_failed')
  );
$$;
