-- An incident: opened with a frozen set of items, and grown by an action that says how many it added. Called by
-- lib/commands/incidents.ts.
--
-- open → recovering → verifying → closed | closed_with_exceptions, and reopened from either end
--
-- Rows are locked in one order everywhere: the incident, its items, findings.

-- p_incident: {title, cause, severity, opened_by, from_ts, to_ts, selection}. The selection is one of a replay, or
-- {reconciliation_id}: what that run found and is still open. Answers {result}: 'opened' with the id, 'too_many' with
-- matched and limit, or 'no_reconciliation'.
create function public.open_incident(
  p_incident jsonb, p_most integer, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_selection jsonb := p_incident -> 'selection';
  v_run bigint := (v_selection ->> 'reconciliation_id')::bigint;
  v_id bigint;
  v_matched integer;
  v_added integer;
begin
  if v_run is not null and not exists (
    select from public.reconciliations r where r.id = v_run and public.in_scope(p_scope, r.organisation_id)
  ) then
    return jsonb_build_object('result', 'no_reconciliation');
  end if;
  v_matched := case
    when v_run is not null then (
      select count(*) from public.findings f where f.reconciliation_id = v_run and f.closed_at is null
    )
    else public.count_selection(v_selection, p_scope)
  end;
  v_matched := least(v_matched, coalesce((v_selection ->> 'limit')::integer, v_matched));
  if v_matched > p_most then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_most);
  end if;

  insert into public.incidents (
    title, cause, severity, opened_by, actor, actor_id, request_id, from_ts, to_ts, selection, organisations, scope
  )
  values (
    p_incident ->> 'title', p_incident ->> 'cause', (p_incident ->> 'severity')::public.incident_severity,
    (p_incident ->> 'opened_by')::public.incident_opener, p_actor, p_actor_id, p_request_id,
    (p_incident ->> 'from_ts')::timestamptz, (p_incident ->> 'to_ts')::timestamptz, v_selection, p_scope, p_scope
  )
  returning id into v_id;
  insert into public.incident_steps (incident_id, step)
  select v_id, s from unnest(enum_range(null::public.incident_step)) s;

  v_added := case
    when v_run is not null then public.add_incident_findings_of(v_id, array[v_run], p_scope, p_most)
    else public.add_incident_events(v_id, public.select_events(
      v_selection, p_scope, least(p_most, (v_selection ->> 'limit')::integer)
    ))
  end;
  perform public.write_incident_log(
    v_id, 'opened', format('Opened with %s events.', v_added),
    jsonb_build_object('added', v_added, 'total', v_added, 'selection', v_selection), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.open', 'in_' || v_id, jsonb_build_object(
      'title', p_incident ->> 'title', 'severity', p_incident ->> 'severity', 'items', v_added
    ), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'opened', 'id', 'in_' || v_id);
end
$$;

-- Adds what a selection matches now. Answers {result}: 'grown' with added and total, 'not_found', 'closed',
-- 'under_way' (a recovery is), or 'too_many' with matched and limit.
create function public.grow_incident(
  p_id bigint, p_selection jsonb, p_reason text, p_most integer, p_scope text[], p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_matched integer;
  v_added integer;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed');
  elsif public.is_recovery_active(i) then
    return jsonb_build_object('result', 'under_way');
  end if;
  v_matched := public.count_selection(p_selection, p_scope);
  v_matched := least(v_matched, coalesce((p_selection ->> 'limit')::integer, v_matched));
  if v_matched + i.total > p_most then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched + i.total, 'limit', p_most);
  end if;
  v_added := public.add_incident_events(
    p_id, public.select_events(p_selection, p_scope, (p_selection ->> 'limit')::integer)
  );
  -- What was previewed and verified was another set.
  update public.incidents x set verified_at = null where x.id = p_id and v_added > 0;
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id and v_added > 0;
  perform public.write_incident_log(
    p_id, 'grown', format('Grown by %s events: %s', v_added, p_reason),
    jsonb_build_object('added', v_added, 'total', i.total + v_added, 'selection', p_selection, 'reason', p_reason),
    p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.grow', 'in_' || p_id, jsonb_build_object('reason', p_reason, 'added', v_added), p_actor, p_actor_id,
    p_request_id
  );
  return jsonb_build_object('result', 'grown', 'added', v_added, 'total', i.total + v_added);
end
$$;
