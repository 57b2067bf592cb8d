-- How an incident ends: at zero, or with exceptions that an administrator accepted by name. Called by
-- lib/commands/incidents.ts, and by the verification.

-- Accepts that items cannot be brought back. p_positions: which ones; null is all that are still missing or
-- unrecoverable. Answers {result}: 'accepted' with how many and the state, 'not_found', 'closed', 'under_way',
-- 'nothing', or 'not_acceptable' with positions that are neither.
create function public.accept_incident_items(
  p_id bigint, p_positions integer[], p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_wrong jsonb;
  v_accepted integer[];
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
  select jsonb_agg(p.n order by p.n) into v_wrong
  from (select distinct n from unnest(p_positions) n) p
  where not exists (
    select from public.incident_items y
    where y.incident_id = p_id and y.position = p.n and y.state in ('still_missing', 'unrecoverable')
  );
  if v_wrong is not null then
    return jsonb_build_object('result', 'not_acceptable', 'positions', v_wrong);
  end if;

  with accepted as (
    update public.incident_items y set
      state = 'unrecoverable', reason = coalesce(y.reason, p_reason), accepted_by = p_actor,
      accepted_by_id = p_actor_id, accepted_at = public.now_(), changed_at = public.now_()
    where y.incident_id = p_id and y.state in ('still_missing', 'unrecoverable') and y.accepted_at is null
      and (p_positions is null or y.position = any (p_positions))
    returning y.position
  )
  select array_agg(a.position order by a.position) into v_accepted from accepted a;
  if v_accepted is null then
    return jsonb_build_object('result', 'nothing');
  end if;
  perform public.write_incident_log(
    p_id, 'accepted', format('%s accepted that %s events cannot be brought back: %s', p_actor,
      cardinality(v_accepted), p_reason),
    jsonb_build_object('positions', to_jsonb(v_accepted[1:1000]), 'count', cardinality(v_accepted), 'reason', p_reason),
    p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.accept', 'in_' || p_id, jsonb_build_object('items', cardinality(v_accepted), 'reason', p_reason), p_actor,
    p_actor_id, p_request_id
  );
  perform public.close_when_done(p_id, null, 'Recovery', 'recovery', p_request_id);
  return jsonb_build_object('result', 'accepted', 'accepted', cardinality(v_accepted));
end
$$;

-- Closes it when nothing is left and a verification read everything. Answers what keeps it open: null when it closed.
-- p_by: who closes it; null when it closes itself.
create function public.close_when_done(p_id bigint, p_by text, p_actor text, p_actor_id text, p_request_id text)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_state public.incident_state;
begin
  select * into i from public.incidents x where x.id = p_id for update;
  if i.affected + i.recovered + i.still_missing > 0 or i.unrecoverable > i.accepted or i.verified_at is null then
    return jsonb_build_object(
      'affected', i.affected, 'recovered', i.recovered, 'still_missing', i.still_missing,
      'not_accepted', i.unrecoverable - i.accepted, 'is_verified', i.verified_at is not null
    );
  end if;
  v_state := case when i.unrecoverable > 0 then 'closed_with_exceptions' else 'closed' end;
  update public.incidents x set
    state = v_state, closed_at = public.now_(), closed_by = p_by, recovery = x.recovery || '{"active": false}'
  where x.id = p_id;
  update public.incident_steps s set
    status = 'done', reason = null, started_at = coalesce(s.started_at, public.now_()), ended_at = public.now_(),
    found = case when s.step = 'evidence' then jsonb_build_object(
      'items', i.total,
      'requests', (
        select count(*) from public.api_requests q join public.incident_runs n using (reconciliation_id)
        where n.incident_id = p_id
      ),
      'replays', (select count(*) from public.incident_stages t where t.incident_id = p_id)
    ) else s.found end
  where s.incident_id = p_id and (s.step = 'evidence' or s.step = 'verify' and s.status <> 'done');
  perform public.write_incident_log(
    p_id, 'closed', case
      when v_state = 'closed' then format('Closed: %s of %s events are verified.', i.verified, i.total)
      else format(
        'Closed with exceptions: %s of %s events are verified, %s cannot be brought back.', i.verified, i.total,
        i.unrecoverable
      )
    end, jsonb_build_object('state', v_state, 'by_itself', p_by is null), p_actor, p_actor_id, p_request_id
  );
  return null;
end
$$;

-- A person closes it. Answers {result}: 'closed', 'not_found', 'closed_already', 'under_way', or 'not_done' with what
-- keeps it open.
create function public.close_incident(
  p_id bigint, p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_left jsonb;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed_already');
  elsif public.is_recovery_active(i) then
    return jsonb_build_object('result', 'under_way');
  end if;
  v_left := public.close_when_done(p_id, p_actor, p_actor, p_actor_id, p_request_id);
  if v_left is not null then
    return jsonb_build_object('result', 'not_done') || v_left;
  end if;
  perform public.record_staff_action(
    'incident.close', 'in_' || p_id, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'closed');
end
$$;

-- From either end. What was verified is verified again before it closes. Answers {result}: 'reopened', 'not_found' or
-- 'not_closed'.
create function public.reopen_incident(
  p_id bigint, p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not public.is_incident_closed(i) then
    return jsonb_build_object('result', 'not_closed');
  end if;
  update public.incidents x set
    state = 'reopened', reopened_at = public.now_(), closed_at = null, closed_by = null, verified_at = null
  where x.id = p_id;
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id;
  perform public.write_incident_log(
    p_id, 'reopened', 'Reopened: ' || p_reason, jsonb_build_object('before', i.state), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.reopen', 'in_' || p_id, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'reopened');
end
$$;
