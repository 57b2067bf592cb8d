-- How workers recover incidents: leased, step by step, so that a killed process costs at most a part of a step. Called
-- by lib/incidents.

-- Leases due incidents to a worker: [{id, fence, from_ts, to_ts, selection, scope, recovery, steps: {step: {status,
-- found}}}].
create function public.claim_incidents(p_limit integer, p_lease_seconds integer) returns jsonb
language sql volatile set search_path = '' as $$
  with claimed as (
    update public.incidents i set
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds),
      recovery = i.recovery || jsonb_build_object('fence', (i.recovery ->> 'fence')::bigint + 1)
    where i.id in (
      select x.id from public.incidents x
      where x.state in ('recovering', 'verifying') and x.due_at <= public.now_() and public.is_recovery_active(x)
        and coalesce(x.lease_until < public.now_(), true)
      order by x.due_at, x.id
      limit p_limit
      for update skip locked
    )
    returning i.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'fence', (c.recovery ->> 'fence')::bigint, 'from_ts', public.iso(c.from_ts),
    'to_ts', public.iso(c.to_ts), 'selection', c.selection, 'scope', to_jsonb(c.scope), 'recovery', c.recovery,
    'steps', (
      select jsonb_object_agg(s.step, jsonb_build_object('status', s.status, 'found', s.found))
      from public.incident_steps s where s.incident_id = c.id
    )
  ) order by c.id), '[]')
  from claimed c;
$$;

-- Whether a worker has the incident, which it then keeps for this long.
create function public.renew_incident(p_id bigint, p_fence bigint, p_lease_seconds integer) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.incidents i set lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence and public.is_recovery_active(i);
  return found;
end
$$;

-- Gives it back, to be claimed again after p_due_ms.
create function public.release_incident(p_id bigint, p_fence bigint, p_due_ms integer) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.incidents i set lease_until = null, due_at = public.now_() + p_due_ms * interval '1 millisecond'
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence;
  return found;
end
$$;

-- Locks an incident for the worker that has it: its row, or null when the lease was lost.
create function public.lock_incident(p_id bigint, p_fence bigint) returns public.incidents
language sql volatile set search_path = '' as $$
  select i.* from public.incidents i
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence and public.is_recovery_active(i)
  for update;
$$;

-- How a step goes. p_change: {status, reason?, found?: added to what it found, ends?: the worker stops here and a user
-- has to go on}. A status that is new, or a new reason, is in the log. Answers whether the worker still has it.
create function public.note_incident_step(p_id bigint, p_fence bigint, p_step public.incident_step, p_change jsonb)
returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  s public.incident_steps;
  v_status public.incident_step_status := p_change ->> 'status';
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return false;
  end if;
  select * into s from public.incident_steps x where x.incident_id = p_id and x.step = p_step;
  update public.incident_steps x set
    status = v_status, reason = left(p_change ->> 'reason', 1000),
    found = x.found || coalesce(p_change -> 'found', '{}'),
    started_at = coalesce(x.started_at, public.now_()),
    ended_at = case when v_status in ('done', 'failed') then public.now_() end
  where x.incident_id = p_id and x.step = p_step;
  update public.incidents x set
    state = case when p_step = 'verify' then 'verifying' else x.state end,
    verifying_at = case when p_step = 'verify' then coalesce(x.verifying_at, public.now_()) else x.verifying_at end,
    recovery = case when (p_change ->> 'ends')::boolean then x.recovery || '{"active": false}' else x.recovery end
  where x.id = p_id;
  if v_status in ('done', 'failed', 'waiting')
    -- Numbers in what it waits for change all the time.
    and (s.status, regexp_replace(s.reason, '\d+', '', 'g'))
      is distinct from (v_status, regexp_replace(left(p_change ->> 'reason', 1000), '\d+', '', 'g'))
  then
    perform public.write_incident_log(
      p_id, 'step', concat_ws(' ', initcap(split_part(p_step::text, '_', 1)) || coalesce(
        ' ' || nullif(split_part(p_step::text, '_', 2), ''), ''
      ) || ': ' || v_status || '.', p_change ->> 'reason'),
      jsonb_build_object('step', p_step, 'status', v_status, 'found', s.found || coalesce(p_change -> 'found', '{}')),
      'Recovery', 'recovery', i.recovery ->> 'request_id'
    );
  end if;
  return true;
end
$$;

-- Another round: what a verification did not find is recovered again. Answers whether the worker still has it.
create function public.begin_incident_round(p_id bigint, p_fence bigint) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return false;
  end if;
  update public.incidents x set
    state = 'recovering', verifying_at = null,
    recovery = x.recovery || jsonb_build_object('round', (x.recovery ->> 'round')::integer + 1, 'first_stage', 1 + (
      select coalesce(max(t.number), 0) from public.incident_stages t where t.incident_id = p_id
    ))
  where x.id = p_id;
  -- The verification has just asked the providers.
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id and s.step > 'find_missing';
  return true;
end
$$;
