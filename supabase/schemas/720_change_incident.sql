-- What people change of an incident, note in it, and ask an administrator for. Called by lib/commands/incidents.ts.

-- The only way into the log.
create function public.write_incident_log(
  p_id bigint, p_kind public.incident_log_kind, p_message text, p_details jsonb, p_actor text, p_actor_id text,
  p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  insert into public.incident_log (incident_id, kind, message, details, actor, actor_id, request_id)
  values (p_id, p_kind, left(p_message, 4000), p_details, p_actor, p_actor_id, p_request_id);
$$;

-- Changes what p_change names: {title, cause, severity, owner}. An owner is an e-mail address of the staff who may see
-- the incident, or null. The first owner stops the clock of the severity. Answers {result}: 'changed', 'not_found' or
-- 'no_such_person'.
create function public.change_incident(
  p_id bigint, p_change jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_owner public.staff_users;
  v_before jsonb;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  end if;
  if p_change ->> 'owner' is not null then
    select * into v_owner from public.staff_users u
    where u.email = lower(p_change ->> 'owner') and u.disabled_at is null
      and public.all_in_scope(u.organisations, i.organisations);
    if not found then
      return jsonb_build_object('result', 'no_such_person');
    end if;
  end if;
  select jsonb_object_agg(b.key, b.value) into v_before
  from jsonb_each(jsonb_build_object(
    'title', i.title, 'cause', i.cause, 'severity', i.severity, 'owner', i.owner
  )) b
  where p_change ? b.key and b.value is distinct from p_change -> b.key;
  if v_before is null then
    return jsonb_build_object('result', 'changed');
  end if;

  update public.incidents x set
    title = coalesce(p_change ->> 'title', x.title), cause = coalesce(p_change ->> 'cause', x.cause),
    severity = coalesce((p_change ->> 'severity')::public.incident_severity, x.severity),
    owner = case when p_change ? 'owner' then v_owner.email else x.owner end,
    owner_id = case when p_change ? 'owner' then v_owner.id::text else x.owner_id end,
    responded_at = coalesce(x.responded_at, case when v_owner.id is not null then public.now_() end)
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'changed', 'Changed: ' || (select string_agg(
      k || coalesce(' is ' || left(p_change ->> k, 200), ' removed'), ', ' order by k
    ) from jsonb_object_keys(v_before) k) || '.',
    jsonb_build_object('before', v_before, 'after', (
      select jsonb_object_agg(k, p_change -> k) from jsonb_object_keys(v_before) k
    )), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.change', 'in_' || p_id, p_change, p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'changed');
end
$$;

-- A note of a person in the log. Answers the number of the entry, null when the caller may see no such incident.
create function public.note_incident(
  p_id bigint, p_message text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  v_entry bigint;
begin
  insert into public.incident_log (incident_id, kind, message, actor, actor_id, request_id)
  select x.id, 'note', p_message, p_actor, p_actor_id, p_request_id
  from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  returning id into v_entry;
  if v_entry is not null then
    perform public.record_staff_action('incident.note', 'in_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  end if;
  return v_entry;
end
$$;

-- Asks an administrator for what the caller may not do. Answers {result}: 'asked' with the id, or 'not_found'.
create function public.ask_incident_request(
  p_id bigint, p_action public.incident_request_action, p_input jsonb, p_reason text, p_scope text[], p_actor text,
  p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_request bigint;
begin
  insert into public.incident_requests (incident_id, action, input, reason, actor, actor_id)
  select x.id, p_action, p_input, p_reason, p_actor, p_actor_id
  from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  returning id into v_request;
  if v_request is null then
    return jsonb_build_object('result', 'not_found');
  end if;
  perform public.write_incident_log(
    p_id, 'requested', format('Asked an administrator to %s: %s', p_action, p_reason),
    jsonb_build_object('request_id', 'ir_' || v_request, 'action', p_action, 'input', p_input), p_actor, p_actor_id,
    p_request_id
  );
  perform public.record_staff_action(
    'incident.request', 'in_' || p_id, jsonb_build_object('action', p_action, 'reason', p_reason), p_actor, p_actor_id,
    p_request_id
  );
  return jsonb_build_object('result', 'asked', 'id', 'ir_' || v_request);
end
$$;

-- The request, if the caller may decide it. Answers {result}: 'open' with action and input, 'not_found', 'decided', or
-- 'own' (nobody approves what they asked for themselves).
create function public.open_incident_request(p_id bigint, p_request bigint, p_scope text[], p_actor_id text)
returns jsonb
language sql stable set search_path = '' as $$
  select coalesce((
    select case
      when q.decided_at is not null then jsonb_build_object('result', 'decided')
      when q.actor_id = p_actor_id then jsonb_build_object('result', 'own')
      else jsonb_build_object('result', 'open', 'action', q.action, 'input', q.input)
    end
    from public.incident_requests q
    join public.incidents x on x.id = q.incident_id
    where q.id = p_request and x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  ), '{"result": "not_found"}');
$$;

-- Decides a request. Answers as open_incident_request does, with 'done' instead of 'open'.
create function public.decide_incident_request(
  p_id bigint, p_request bigint, p_approve boolean, p_reason text, p_scope text[], p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_open jsonb;
  q public.incident_requests;
begin
  perform from public.incident_requests x where x.id = p_request for update;
  v_open := public.open_incident_request(p_id, p_request, p_scope, p_actor_id);
  if v_open ->> 'result' <> 'open' then
    return v_open;
  end if;
  update public.incident_requests x set
    is_approved = p_approve, decided_by = p_actor, decided_by_id = p_actor_id, decision = p_reason,
    decided_at = public.now_()
  where x.id = p_request
  returning * into q;
  perform public.write_incident_log(
    p_id, case when p_approve then 'approved' else 'declined' end::public.incident_log_kind,
    format(
      '%s %s what %s asked for (%s): %s', p_actor, case when p_approve then 'approved' else 'declined' end, q.actor,
      q.action, p_reason
    ),
    jsonb_build_object('request_id', 'ir_' || p_request, 'action', q.action, 'requested_by', q.actor), p_actor,
    p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    case when p_approve then 'incident.approve' else 'incident.decline' end, 'in_' || p_id,
    jsonb_build_object('request', 'ir_' || p_request, 'requested_by', q.actor, 'reason', p_reason), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$$;
