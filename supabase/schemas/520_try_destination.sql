-- Trying a destination out: a probe through its open circuit, a sample event, and how often endpoints may be tested.
-- Called by lib/destinations/manage.ts and test-limit.ts.

-- Lets the next waiting delivery of an open circuit out at once, as its probe; with p_all, those that wait for their
-- retry follow it as soon as it succeeds, the oldest 2,000 of them, within the destination's rate.
-- Answers {result}: 'done', 'not_found', 'not_possible' (rows have no circuit), 'disabled', 'paused', 'throttled' (with
-- until), 'closed' (nothing to try), or 'trying': one is out or was let out a moment ago, by another caller or by
-- itself.
create function public.try_destination_now(
  p_id bigint, p_all boolean, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_result text;
  v_until timestamptz;
begin
  -- One statement decides: of two callers, the second finds the time of the probe in the past. By the clock, because
  -- its transaction may have begun before that of the first.
  update public.destination_health h set probe_at = public.now_()
  from public.destinations t
  where h.destination_id = p_id and t.id = p_id and public.takes_deliveries(t)
    and public.in_scope(p_scope, t.organisation_id) and h.disable_because is null and h.breaker = 'open'
    and h.probe_at > public.clock_() and h.throttled_until > public.now_() is not true;
  if not found then
    select case
      when t.kind <> 'http' then 'not_possible'
      when not t.enabled or h.disable_because is not null then 'disabled'
      when t.paused_at is not null then 'paused'
      when coalesce(h.breaker, 'closed') = 'closed' then 'closed'
      when h.throttled_until > public.now_() then 'throttled'
      else 'trying'
    end, h.throttled_until
    into v_result, v_until
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.id = p_id and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
    return jsonb_build_object('result', coalesce(v_result, 'not_found'), 'until', public.iso(v_until));
  end if;

  -- What is out to try must be due: the oldest, which nothing of its key comes before. What is being changed is
  -- skipped.
  update public.deliveries d set due_at = public.now_()
  where d.id = any (array(
    select x.id from public.deliveries x
    where x.destination_id = p_id and x.status in ('pending', 'retrying') and x.due_at > public.now_()
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

-- A real event for exactly this destination, whatever it wants: stored, delivered, and seen in the history.
-- p_event: as accept_events takes it. Answers {result}: 'done' with event_id and delivery_id, 'not_found', or
-- 'not_possible' for a destination that is not http.
create function public.create_sample(
  p_id bigint, p_event jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_destination public.destinations;
  v_new jsonb;
  v_event public.events;
  v_delivery_id bigint;
begin
  select * into v_destination from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id) for share;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif v_destination.kind <> 'http' then
    return jsonb_build_object('result', 'not_possible');
  end if;

  v_new := public.store_events(jsonb_build_array(p_event || '{"n": 0, "origin": "sample"}'), '{}', true, p_id);
  select e.* into strict v_event from public.events e where e.id = (v_new #>> '{new,0}')::bigint;
  select d.id into strict v_delivery_id from public.deliveries d where d.event_id = v_event.id;

  perform public.add_statistics(jsonb_build_array(jsonb_build_object(
    'organisation_id', v_event.organisation_id, 'provider', v_event.provider, 'event_type', v_event.event_type,
    'count', 1, 'outcome', 'received'
  )));
  perform public.note_destination(p_id, 'sample', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'event_id', 'we_' || v_event.id
  ));
  return jsonb_build_object('result', 'done', 'event_id', 'we_' || v_event.id, 'delivery_id', v_delivery_id);
end
$$;

-- Writes the test down and answers true; false when the actor has made as many in the last minute. Two requests at once
-- are counted one after the other.
create function public.note_endpoint_test(
  p_actor text, p_actor_id text, p_subject text, p_details jsonb, p_request_id text, p_most_per_minute integer
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('endpoint tests of ' || p_actor_id, 1));
  if (
    select count(*) from public.staff_actions a
    where a.acted_at > public.now_() - interval '1 minute' and a.actor_id = p_actor_id and a.action = 'endpoint.test'
  ) >= p_most_per_minute then
    return false;
  end if;
  perform public.record_staff_action(
    'endpoint.test', left(p_subject, 300), p_details, p_actor, p_actor_id, p_request_id
  );
  return true;
end
$$;
