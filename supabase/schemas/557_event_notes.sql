-- Notes about an event, who takes care of it, and taking a resolve back. Called by lib/commands/event-notes.ts and
-- lib/commands/resolve.ts. The tables are in 164_incident_log.sql.

-- Adds a note. Answers it, or null when the caller may see no such event.
create function public.note_event(
  p_event_id bigint, p_message text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_note public.event_notes;
begin
  if not exists (
    select from public.events e where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id)
  ) then
    return null;
  end if;
  insert into public.event_notes (event_id, message, actor, actor_id, request_id)
  values (p_event_id, p_message, p_actor, p_actor_id, p_request_id)
  returning * into v_note;
  perform public.record_staff_action(
    'event.note', 'we_' || p_event_id, jsonb_build_object('note', v_note.id), p_actor, p_actor_id, p_request_id
  );
  return public.event_note_json(v_note);
end
$$;

create function public.event_note_json(n public.event_notes) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', (n).id, 'message', (n).message, 'actor', (n).actor, 'written_at', public.iso((n).written_at)
  );
$$;

-- Assigns an event to a member of the staff by their e-mail address, to the caller (me), or to no one (null). Answers
-- {result: assigned | not_found | no_such_person | beyond_scope, assignee: {…} | null}.
create function public.assign_event(
  p_event_id bigint, p_assignee text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_event public.events;
  v_person public.staff_users;
  v_before text;
begin
  select * into v_event from public.events e where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id);
  if not found then
    return jsonb_build_object('result', 'not_found');
  end if;
  if p_assignee is not null then
    select * into v_person from public.staff_users u
    where u.disabled_at is null and case
      when p_assignee = 'me' then u.id::text = p_actor_id else u.email = lower(p_assignee)
    end;
    if not found then
      return jsonb_build_object('result', 'no_such_person');
    end if;
    -- Who cannot see an event cannot take care of it.
    if not public.in_scope(v_person.organisations, v_event.organisation_id) then
      return jsonb_build_object('result', 'beyond_scope');
    end if;
  end if;

  select a.assignee into v_before from public.event_assignees a where a.event_id = p_event_id for update;
  if p_assignee is null then
    delete from public.event_assignees a where a.event_id = p_event_id;
  else
    insert into public.event_assignees (event_id, assignee, assignee_id, assigned_by)
    values (p_event_id, v_person.email, v_person.id::text, p_actor)
    on conflict (event_id) do update set
      assignee = excluded.assignee, assignee_id = excluded.assignee_id, assigned_by = excluded.assigned_by,
      assigned_at = public.now_();
  end if;
  if v_before is distinct from v_person.email then
    perform public.record_staff_action(
      'event.assign', 'we_' || p_event_id, jsonb_build_object('from', v_before, 'to', v_person.email), p_actor,
      p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'assigned', 'assignee', public.event_assignee_json(p_event_id));
end
$$;

create function public.event_assignee_json(p_event_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'assignee', a.assignee, 'assigned_by', a.assigned_by, 'assigned_at', public.iso(a.assigned_at)
  )
  from public.event_assignees a where a.event_id = p_event_id;
$$;

-- Takes the marking of resolved events back: their status is what their deliveries say. Deliveries that resolving
-- cancelled become dead, so that they are found, and replayed or resolved again. Answers how many it reopened.
create function public.reopen_events(
  p_event_ids bigint[], p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint[] := array(
    select e.id from public.events e
    where e.id = any (p_event_ids) and e.status = 'resolved' and public.in_scope(p_scope, e.organisation_id)
    order by e.id
  );
  v_reopened bigint[];
begin
  -- In the order of resolve_events: deliveries first, then their events.
  perform from public.deliveries d
  where d.event_id = any (v_events) and d.status = 'cancelled' order by d.id for update;
  perform from public.events e where e.id = any (v_events) order by e.id for update;
  -- Another call may have been faster.
  v_reopened := array(
    select e.id from public.events e where e.id = any (v_events) and e.status = 'resolved' order by e.id
  );

  -- Of the cancelled ones, those that resolving cancelled: in the transaction that marked the event.
  update public.deliveries d set
    status = 'dead', last_error = coalesce(d.last_error, 'The event was resolved before it was delivered.')
  from public.events e
  where d.event_id = any (v_reopened) and d.status = 'cancelled' and e.id = d.event_id
    and d.finished_at = e.processed_at;
  perform public.roll_up_events(v_reopened);

  perform public.record_staff_action(
    'event.reopen', 'we_' || e, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  )
  from unnest(v_reopened) e;
  return cardinality(v_reopened);
end
$$;
