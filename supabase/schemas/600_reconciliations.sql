-- A run: one comparison of a source with its provider's API over a span of time. Asked for here, and cancelled; worked
-- on by lib/reconciliation/run.ts. Called by lib/commands/reconciliations.ts.
--
-- queued → running → completed | partial | failed, or cancelled from either of the first two
--
-- Rows are locked in one order everywhere: the window, the run, findings.

-- p_run: {provider, source_id, from_ts, to_ts, types, dry_run, started_by, windows: [{from_ts, to_ts}]}. Answers
-- {result}: 'created' with the reconciliation, 'no_source', or 'beyond_scope' (the default source belongs to those who
-- see all organisations).
create function public.create_reconciliation(
  p_run jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_source public.sources;
  r public.reconciliations;
begin
  if p_run ->> 'source_id' is not null then
    select * into v_source from public.sources s
    where s.id = (p_run ->> 'source_id')::bigint and s.provider = p_run ->> 'provider' and s.archived_at is null
      and public.in_scope(p_scope, s.organisation_id);
    if not found then
      return jsonb_build_object('result', 'no_source');
    end if;
  elsif not public.in_scope(p_scope, null) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  insert into public.reconciliations (
    provider, source_id, organisation_id, company_id, started_by, from_ts, to_ts, types, dry_run, actor, actor_id,
    request_id
  )
  values (
    p_run ->> 'provider', v_source.id, v_source.organisation_id, v_source.company_id,
    (p_run ->> 'started_by')::public.reconciliation_trigger, (p_run ->> 'from_ts')::timestamptz,
    (p_run ->> 'to_ts')::timestamptz, public.text_array(nullif(p_run -> 'types', 'null')),
    (p_run ->> 'dry_run')::boolean, p_actor, p_actor_id, p_request_id
  )
  returning * into r;
  insert into public.reconciliation_windows (reconciliation_id, from_ts, to_ts)
  select r.id, w.from_ts, w.to_ts
  from jsonb_to_recordset(p_run -> 'windows') as w(from_ts timestamptz, to_ts timestamptz);

  -- What a schedule starts every few minutes is in the list of runs.
  if r.started_by not in ('schedule', 'downtime') then
    perform public.record_staff_action(
      'reconciliation.start', 'rc_' || r.id, jsonb_build_object(
        'provider', r.provider, 'source', 'so_' || r.source_id, 'from', public.iso(r.from_ts),
        'to', public.iso(r.to_ts), 'dry_run', r.dry_run
      ), p_actor, p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'created', 'reconciliation', public.run_json(r, p_scope));
end
$$;

-- Ends a run. What it found so far stays. Answers {result}: 'cancelled' or 'ended' with the reconciliation,
-- 'not_found'.
create function public.cancel_reconciliation(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  r public.reconciliations;
begin
  select * into r from public.reconciliations x
  where x.id = p_id and public.in_scope(p_scope, x.organisation_id)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif r.status not in ('queued', 'running') then
    return jsonb_build_object('result', 'ended', 'reconciliation', public.run_json(r, p_scope));
  end if;
  update public.reconciliations x set
    status = 'cancelled', completed_at = public.now_(), reason = left('Cancelled by ' || p_actor || '.', 1000)
  where x.id = p_id
  returning * into r;
  delete from public.reconciliation_entries e where e.reconciliation_id = p_id;
  perform public.record_staff_action(
    'reconciliation.cancel', 'rc_' || p_id, '{}', p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'cancelled', 'reconciliation', public.run_json(r, p_scope));
end
$$;
