-- What people ask of the worker: to recover an incident, and to verify it. lib/incidents does it.

-- p_recovery: {mode: recover | verify, reason, until: preview | end, options, types_first, organisations_first,
-- pause_seconds, with_provider}. A recovery that waits behind its preview goes on, unless what it is about has changed
-- since; one that stopped or ended begins anew. A verification may replace a recovery that waits. Answers {result}:
-- 'started', 'not_found', 'closed' or 'under_way'.
create function public.recover_incident(
  p_id bigint, p_recovery jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_verifies boolean := p_recovery ->> 'mode' = 'verify';
  v_goes_on boolean;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed');
  elsif public.is_recovery_active(i) and v_verifies and exists (
    select from public.incident_steps s where s.incident_id = p_id and s.status = 'waiting'
  ) then
    -- What waits for something that may never come can be left.
    update public.incident_steps s set
      status = 'failed', reason = 'It waited, and a verification was asked for instead.', ended_at = public.now_()
    where s.incident_id = p_id and s.status = 'waiting';
    v_goes_on := false;
  elsif public.is_recovery_active(i) then
    -- One that was to stop at its preview goes on to its end.
    if v_verifies or p_recovery ->> 'until' <> 'end' or i.recovery ->> 'until' = 'end'
      or i.recovery ->> 'mode' = 'verify'
    then
      return jsonb_build_object('result', 'under_way');
    end if;
    v_goes_on := true;
  else
    v_goes_on := not v_verifies and p_recovery ->> 'until' = 'end' and exists (
      select from public.incident_steps s
      where s.incident_id = p_id and s.step = 'preview' and s.status in ('waiting', 'done')
    ) and exists (
      select from public.incident_steps s
      where s.incident_id = p_id and s.step = 'canary' and s.status = 'pending'
    );
  end if;

  if v_goes_on then
    update public.incident_steps s set status = 'done', reason = null, ended_at = coalesce(s.ended_at, public.now_())
    where s.incident_id = p_id and s.step = 'preview' and s.status = 'waiting';
  else
    update public.incident_steps s set
      status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
    where s.incident_id = p_id and (not v_verifies or s.step >= 'verify');
  end if;
  update public.incidents x set
    recovery = (case when v_goes_on then x.recovery else jsonb_build_object(
      'round', 1, 'first_stage', 1 + (
        select coalesce(max(t.number), 0) from public.incident_stages t where t.incident_id = p_id
      )
    ) end) || p_recovery || jsonb_build_object(
      'active', true, 'actor', p_actor, 'actor_id', p_actor_id, 'request_id', p_request_id,
      'fence', coalesce((x.recovery ->> 'fence')::bigint, 0)
    ),
    state = case when v_verifies then 'verifying' else 'recovering' end::public.incident_state,
    recovering_at = case when v_verifies then x.recovering_at else coalesce(x.recovering_at, public.now_()) end,
    verifying_at = case when v_verifies then public.now_() end,
    verified_at = null, due_at = public.now_()
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'step', case
      when v_verifies then 'Verification started.'
      when v_goes_on then 'The recovery goes on: ' || (p_recovery ->> 'reason')
      else 'Recovery started: ' || (p_recovery ->> 'reason')
    end, p_recovery - 'mode', p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    case when v_verifies then 'incident.verify' else 'incident.recover' end, 'in_' || p_id,
    jsonb_strip_nulls(jsonb_build_object('reason', p_recovery ->> 'reason', 'until', p_recovery ->> 'until')), p_actor,
    p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'started');
end
$$;
