-- The four switches of a destination. Called by lib/destinations (people), and by end_failing.

-- Answers {result: 'done' or 'not_found'}, as the others; done also when it was paused already.
create function public.pause_destination(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  update public.destinations t set paused_at = public.now_(), updated_at = public.now_()
  where t.id = p_id and t.paused_at is null and t.archived_at is null
    and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(p_id, p_scope, found, 'destination.pause', '{}', p_actor, p_actor_id, p_request_id);
end
$$;

create function public.resume_destination(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  update public.destinations t set paused_at = null, updated_at = public.now_()
  where t.id = p_id and t.paused_at is not null and t.archived_at is null
    and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(p_id, p_scope, found, 'destination.resume', '{}', p_actor, p_actor_id, p_request_id);
end
$$;

-- p_because is shown to people; null when a person did it.
create function public.disable_destination(
  p_id bigint, p_because text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  update public.destinations t set
    enabled = false, disabled_at = public.now_(), disabled_because = p_because, updated_at = public.now_()
  where t.id = p_id and t.enabled and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(
    p_id, p_scope, found, 'destination.disable', jsonb_strip_nulls(jsonb_build_object('because', p_because)), p_actor,
    p_actor_id,
    p_request_id
  );
end
$$;

-- Enabled, it starts afresh: closed circuit, no failures behind it.
create function public.enable_destination(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_changed boolean;
begin
  update public.destinations t set
    enabled = true, disabled_at = null, disabled_because = null, updated_at = public.now_()
  where t.id = p_id and not t.enabled and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
  v_changed := found;

  if v_changed then
    update public.destination_health h set
      consecutive_failures = 0, failing_since = null, warned_at = null, disable_because = null, breaker = 'closed',
      opened_at = null, probe_at = null, probe_delivery_id = null, trips = 0, ramp = 1, throttled_until = null
    where h.destination_id = p_id;
    update public.destination_statistics s set counted = 0, against = 0
    where s.destination_id = p_id and s.span = 'minute' and s.at > public.now_() - interval '6 minutes';
  end if;
  return public.after_switch(p_id, p_scope, v_changed, 'destination.enable', '{}', p_actor, p_actor_id, p_request_id);
end
$$;

-- After a switch: the first batch moves at once, and the audit says who did it.
create function public.after_switch(
  p_id bigint, p_scope text[], p_changed boolean, p_action text, p_details jsonb, p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if p_changed then
    perform public.hold_deliveries(t.id) + public.release_deliveries(t.id) from public.destinations t where t.id = p_id;
    perform public.record_staff_action(p_action, 'ds_' || p_id, p_details, p_actor, p_actor_id, p_request_id);
  elsif not exists (
    select from public.destinations t
    where t.id = p_id and t.archived_at is null and public.in_scope(p_scope, t.organisation_id)
  ) then
    return jsonb_build_object('result', 'not_found');
  end if;
  return jsonb_build_object('result', 'done');
end
$$;
