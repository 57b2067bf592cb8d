-- The runs that an incident asks for: which sources, once each, and what they found.

-- The sources that an incident is about: [{provider, source_id}]. A source that was deleted is none.
create function public.incident_sources(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('provider', x.provider, 'source_id', x.source_id)), '[]')
  from (
    select y.provider, y.source_id from public.incident_items y where y.incident_id = p_id
    union
    select r.provider, r.source_id from public.reconciliations r
    join public.incidents i on i.id = p_id and r.id = (i.selection ->> 'reconciliation_id')::bigint
  ) x
  order by 1;
$$;

-- Asks for a run in a step, unless that step has asked for it: p_run as create_reconciliation takes it, with retry_of,
-- the run whose failed part is read again. Answers {result, id}: 'created', 'known', 'lost', or why not.
create function public.start_incident_run(p_id bigint, p_fence bigint, p_step public.incident_step, p_run jsonb)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_known bigint;
  v_made jsonb;
  v_run bigint;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return '{"result": "lost"}';
  end if;
  select r.id into v_known
  from public.incident_steps s
  cross join lateral jsonb_array_elements(coalesce(s.found -> 'runs', '[]')) n
  join public.reconciliations r on r.id = (n ->> 'id')::bigint
  where s.incident_id = p_id and s.step = p_step and r.provider = p_run ->> 'provider'
    and r.source_id is not distinct from (p_run ->> 'source_id')::bigint
    and (n ->> 'retry_of')::bigint is not distinct from (p_run ->> 'retry_of')::bigint
  limit 1;
  if v_known is not null then
    return jsonb_build_object('result', 'known', 'id', v_known);
  end if;
  v_made := public.create_reconciliation(
    p_run || '{"started_by": "incident", "dry_run": true}', i.scope, i.recovery ->> 'actor', i.recovery ->> 'actor_id',
    coalesce(i.recovery ->> 'request_id', 'in_' || p_id)
  );
  if v_made ->> 'result' <> 'created' then
    return v_made;
  end if;
  v_run := substr(v_made -> 'reconciliation' ->> 'id', 4)::bigint;
  insert into public.incident_runs (incident_id, reconciliation_id, purpose)
  values (p_id, v_run, case when p_step = 'verify' then 'verify' else 'find' end);
  update public.incident_steps s set found = s.found || jsonb_build_object(
    'runs', coalesce(s.found -> 'runs', '[]') || jsonb_build_array(
      jsonb_build_object('id', v_run, 'retry_of', (p_run ->> 'retry_of')::bigint)
    )
  )
  where s.incident_id = p_id and s.step = p_step;
  perform public.write_incident_log(
    p_id, 'reconciliation', format('%s is asked what should be here (rc_%s).', p_run ->> 'provider', v_run),
    jsonb_build_object('reconciliation_id', 'rc_' || v_run, 'step', p_step), 'Recovery', 'recovery',
    i.recovery ->> 'request_id'
  );
  return jsonb_build_object('result', 'created', 'id', v_run);
end
$$;

-- How the runs of a step are: [{id, retry_of, provider, source_id, status, reason, to_ts, failed_from, failed_to,
-- missing, rejected, undelivered, drifted, unrecoverable}].
create function public.read_incident_runs(p_id bigint, p_step public.incident_step) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', r.id, 'retry_of', (n ->> 'retry_of')::bigint, 'provider', r.provider, 'source_id', r.source_id,
    'status', r.status, 'reason', r.reason, 'failed_from', public.iso(w.failed_from),
    'failed_to', public.iso(w.failed_to), 'missing', f.missing, 'rejected', f.rejected, 'undelivered', f.undelivered,
    'drifted', f.drifted, 'unrecoverable', f.unrecoverable
  ) order by r.id), '[]')
  from public.incident_steps s
  cross join lateral jsonb_array_elements(coalesce(s.found -> 'runs', '[]')) n
  join public.reconciliations r on r.id = (n ->> 'id')::bigint
  cross join lateral (
    select min(x.from_ts) as failed_from, max(x.to_ts) as failed_to
    from public.reconciliation_windows x where x.reconciliation_id = r.id and x.status not in ('done', 'split')
  ) w
  cross join lateral (
    select count(*) filter (where x.kind in ('missing', 'not_subscribed')) as missing,
      count(*) filter (where x.kind = 'rejected') as rejected,
      count(*) filter (where x.kind = 'undelivered') as undelivered,
      count(*) filter (where x.kind = 'drifted') as drifted,
      count(*) filter (where x.kind = 'unrecoverable') as unrecoverable
    from public.findings x where x.reconciliation_id = r.id and x.closed_at is null
  ) f
  where s.incident_id = p_id and s.step = p_step;
$$;

-- Adds what runs found and is no item yet, with an entry of the log that says how many. Answers {added, is_full}:
-- `is_full`: nothing more fits. Null when the lease was lost.
create function public.add_incident_findings(p_id bigint, p_fence bigint, p_runs bigint[], p_most integer)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_added integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_added := public.add_incident_findings_of(p_id, p_runs, i.scope, greatest(0, p_most - i.total));
  if v_added > 0 then
    perform public.write_incident_log(
      p_id, 'grown', format('Grown by %s events that the providers name.', v_added),
      jsonb_build_object('added', v_added, 'total', i.total + v_added, 'runs', to_jsonb(p_runs)),
      'Recovery', 'recovery', i.recovery ->> 'request_id'
    );
  end if;
  return jsonb_build_object('added', v_added, 'is_full', i.total + v_added >= p_most);
end
$$;
