-- replay: somebody asks, with a reason, that deliveries run again. The selection is resolved once and frozen.
-- Called by lib/pipeline/replay.ts. advance_replay hands the items back to claim, on a lane of their own.

-- Creates a replay of all deliveries of the selected events, oldest first, and starts it.
-- p_selection: {event_ids: [1, 2]} or {provider_slug, event_keys: ["evt_1"]} or {filter: {…}, limit}.
-- Answers {result: 'created', replay: {…}}, or why nothing was created: 'not_found' (no such event), 'no_destination'
-- (nothing wants these events) or 'in_flight' (every delivery is waiting or running already).
create function public.create_replay(
  p_kind public.replay_kind, p_selection jsonb, p_reason text, p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint[];
  v_replay_id bigint;
  v_total integer;
  v_replayable integer;
begin
  v_events := public.select_events(p_selection);
  if cardinality(v_events) = 0 then
    return jsonb_build_object('result', 'not_found');
  end if;

  -- An event that nothing wanted when it came gets today's routing.
  insert into public.deliveries (event_id, destination_id, status, finished_at)
  select e.id, d.id, 'cancelled', now()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type)
  where e.id = any (v_events) and not exists (select from public.deliveries x where x.event_id = e.id)
  order by e.id, d.id
  on conflict do nothing;

  select count(*), count(*) filter (where d.status in ('dead', 'delivered', 'cancelled', 'retrying'))
  into v_total, v_replayable
  from public.deliveries d
  where d.event_id = any (v_events);

  if v_replayable = 0 then
    return jsonb_build_object('result', case when v_total = 0 then 'no_destination' else 'in_flight' end);
  end if;

  insert into public.replays (kind, reason, actor, actor_id, request_id, selection)
  values (p_kind, p_reason, p_actor, p_actor_id, p_request_id, p_selection)
  returning id into v_replay_id;

  insert into public.replay_items (replay_id, position, event_id, delivery_id)
  select v_replay_id, row_number() over (order by e.received_at, e.id, d.id), e.id, d.id
  from public.events e
  join public.deliveries d on d.event_id = e.id
  where e.id = any (v_events);

  update public.replays r set total = (select count(*) from public.replay_items i where i.replay_id = r.id)
  where r.id = v_replay_id;

  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (
    p_actor, p_actor_id, 'replay.create', 'wr_' || v_replay_id,
    jsonb_build_object('reason', p_reason, 'events', cardinality(v_events), 'deliveries', v_total), p_request_id
  );

  perform public.advance_replay(v_replay_id, 100);
  return jsonb_build_object('result', 'created', 'replay', public.get_replay(v_replay_id));
end
$$;

-- The events a selection names, as ids, oldest first.
create function public.select_events(p_selection jsonb) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_events bigint[];
begin
  if p_selection ? 'filter' then
    execute format(
      'select array_agg(x.id order by x.received_at, x.id) from (
         select e.id, e.received_at from public.events e where %s order by e.received_at, e.id limit %s
       ) x',
      public.event_predicate(p_selection -> 'filter'), (p_selection ->> 'limit')::integer
    ) into v_events;
  elsif p_selection ? 'event_keys' then
    select array_agg(e.id order by e.received_at, e.id) into v_events
    from jsonb_array_elements_text(p_selection -> 'event_keys') k
    join public.events e
      on e.provider = p_selection ->> 'provider_slug' and e.event_key_hash = sha256(convert_to(k, 'UTF8'));
  else
    select array_agg(e.id order by e.received_at, e.id) into v_events
    from jsonb_array_elements_text(p_selection -> 'event_ids') k
    join public.events e on e.id = k::bigint;
  end if;
  return coalesce(v_events, '{}');
end
$$;

-- Hands the next p_limit items of a replay back to claim. What is running already is skipped, with the reason.
create function public.advance_replay(p_replay_id bigint, p_limit integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_items bigint[];
  v_fed bigint[];
  v_events bigint[];
  v_skipped bigint;
begin
  select array_agg(x.delivery_id) into v_items
  from (
    select i.delivery_id from public.replay_items i
    where i.replay_id = p_replay_id and i.fed_at is null and i.outcome is null
    order by i.position
    limit p_limit
    for update skip locked
  ) x;

  with fed as (
    update public.deliveries d set
      status = 'pending', lane = 'replay', due_at = now(), tries = 0, finished_at = null, replay_id = p_replay_id
    where d.id = any (v_items) and d.status in ('dead', 'delivered', 'cancelled', 'retrying')
    returning d.id
  )
  select coalesce(array_agg(id), '{}') into v_fed from fed;

  -- Once per event and replay, also when its deliveries are fed in two batches.
  select array_agg(distinct i.event_id) into v_events
  from public.replay_items i
  where i.replay_id = p_replay_id and i.delivery_id = any (v_fed) and not exists (
    select from public.replay_items b
    where b.replay_id = i.replay_id and b.event_id = i.event_id and b.fed_at is not null
  );

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  update public.replay_items i set fed_at = now()
  where i.replay_id = p_replay_id and i.delivery_id = any (v_fed);

  with skipped as (
    update public.replay_items i set
      outcome = 'skipped', finished_at = now(), detail = 'It was being delivered at that moment.'
    where i.replay_id = p_replay_id and i.delivery_id = any (v_items) and i.fed_at is null
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays r set status = 'running', started_at = now()
  where r.id = p_replay_id and r.status = 'queued';
  perform public.count_outcomes(p_replay_id, 0, 0, v_skipped);

  return cardinality(v_fed);
end
$$;

-- Advances every replay that still has items to feed. Called by the worker loop between claims.
create function public.advance_replays(p_limit integer) returns integer
language sql volatile set search_path = '' as $$
  select coalesce(sum(public.advance_replay(r.id, p_limit)), 0)::integer
  from (
    select r.id from public.replays r
    where r.status in ('queued', 'running') and exists (
      select from public.replay_items i where i.replay_id = r.id and i.fed_at is null and i.outcome is null
    )
    order by r.id
  ) r;
$$;
