-- What people do with an alert. Called by lib/commands/alerts.ts.

-- Says that somebody takes care of it: nothing is told again, until it is well. The first one stays; a note replaces
-- the one before. Answers {result}: 'done' or 'not_found'.
create function public.acknowledge_alert(
  p_id bigint, p_note text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  a public.alerts;
begin
  select * into a from public.alerts x where x.id = p_id and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  end if;
  update public.alerts x set
    acknowledged_at = coalesce(a.acknowledged_at, public.now_()),
    acknowledged_by = coalesce(a.acknowledged_by, p_actor),
    acknowledged_by_id = coalesce(a.acknowledged_by_id, p_actor_id), note = coalesce(p_note, a.note)
  where x.id = p_id;
  perform public.notify_alert(p_id, 'acknowledged') where a.acknowledged_at is null and a.resolved_at is null;
  perform public.record_staff_action(
    'alert.acknowledge', 'al_' || p_id, jsonb_strip_nulls(jsonb_build_object('note', p_note)), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$$;

-- p_assignee: an e-mail address of the staff who may see it, 'me', or null. Answers {result}: 'done', 'not_found' or
-- 'no_such_person'.
create function public.assign_alert(
  p_id bigint, p_assignee text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  a public.alerts;
  v_person public.staff_users;
begin
  select * into a from public.alerts x where x.id = p_id and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  end if;
  if p_assignee is not null then
    select * into v_person from public.staff_users u
    where u.disabled_at is null and public.in_scope(u.organisations, a.organisation_id) and case
      when p_assignee = 'me' then u.id::text = p_actor_id else u.email = lower(p_assignee)
    end;
    if not found then
      return '{"result": "no_such_person"}';
    end if;
  end if;
  update public.alerts x set assignee = v_person.email, assignee_id = v_person.id::text where x.id = p_id;
  perform public.record_staff_action(
    'alert.assign', 'al_' || p_id, jsonb_build_object('from', a.assignee, 'to', v_person.email), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$$;

-- What an incident about an alert is about: {title, cause, severity, from_ts, to_ts, provider, event_type,
-- organisation_id, destination_id, reconciliation_id, incident_id}. From the window before it fired until it was well,
-- or now. A run for what is missing, where one has found it. Null when there is no such alert.
create function public.draft_alert_incident(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'title', left(r.name, 200), 'cause', a.summary, 'severity', a.severity,
    'from_ts', public.iso(a.fired_at - make_interval(mins => coalesce(
      (a.explain ->> 'window_minutes')::integer, (r.settings ->> 'window_minutes')::integer, 60
    ))),
    'to_ts', public.iso(coalesce(a.resolved_at, public.now_())), 'provider', a.provider, 'event_type', a.event_type,
    'organisation_id', a.organisation_id, 'destination_id', a.destination_id, 'incident_id', 'in_' || a.incident_id,
    'reconciliation_id', case
      when a.kind in ('missing', 'horizon') then (
        select max(f.reconciliation_id) from public.findings f
        where f.provider = a.provider and f.kind = 'missing' and f.state = 'open'
      )
      else (
        select s.asking_run_id from public.alert_series s
        where s.id = a.series_id and exists (
          select from public.findings f where f.reconciliation_id = s.asking_run_id and f.closed_at is null
        )
      )
    end
  )
  from public.alerts a
  join public.alert_rules r on r.id = a.rule_id
  where a.id = p_id and public.in_scope(p_scope, a.organisation_id);
$$;

-- Says which incident was opened for an alert: the first one stays. Answers whether it is this one.
create function public.link_alert_incident(
  p_id bigint, p_incident_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.alerts a set incident_id = p_incident_id
  where a.id = p_id and a.incident_id is null and public.in_scope(p_scope, a.organisation_id);
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'alert.open_incident', 'al_' || p_id, jsonb_build_object('incident', 'in_' || p_incident_id), p_actor, p_actor_id,
    p_request_id
  );
  return true;
end
$$;
