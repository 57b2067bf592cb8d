-- A verification looks at every item and ends with what it may say. Called by lib/incidents.

-- Looks at the next p_limit items after p_after. p_runs: the runs of this verification; what one of them still finds is
-- not verified, whatever our own rows say. Answers the last position; null after the last items, or when the lease was
-- lost.
create function public.verify_incident_items(
  p_id bigint, p_fence bigint, p_runs bigint[], p_after integer, p_limit integer
) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_items integer[];
  v_last integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_items := array(
    select y.position from public.incident_items y
    where y.incident_id = p_id and y.position > p_after order by y.position limit p_limit
  );
  v_last := v_items[p_limit];
  with named as (
    select f.provider, f.source_id, f.identity, f.event_key, f.logical_key, f.event_id, f.kind
    from public.findings f where f.reconciliation_id = any (p_runs) and f.closed_at is null
  ),
  judged as (
    select y.position, case when s.lacks is null then p.proof end as proof, s.lacks
    from jsonb_to_recordset(public.prove_incident_items(p_id, v_items)) as p(
      position integer, proof jsonb, lacks text
    )
    join public.incident_items y on y.incident_id = p_id and y.position = p.position
    left join lateral (
      select n.kind from named n
      where n.provider = y.provider and n.source_id is not distinct from y.source_id and (
        n.event_id = y.event_id or y.identity in (n.identity, n.event_key, n.logical_key)
      )
      limit 1
    ) n on true
    cross join lateral (select coalesce(
      nullif(p.lacks, ''), 'The provider''s API still shows it as ' || replace(n.kind::text, '_', ' ') || '.'
    ) as lacks) s
    where y.state <> 'unrecoverable'
  )
  update public.incident_items y set
    state = case when j.lacks is null then 'verified' else 'still_missing' end::public.incident_item_state,
    proof = j.proof, reason = left(j.lacks, 1000), changed_at = public.now_()
  from judged j
  where y.incident_id = p_id and y.position = j.position and (
    (y.state = 'verified') is distinct from (j.lacks is null) or y.state not in ('verified', 'still_missing')
    or y.proof is distinct from j.proof or y.reason is distinct from left(j.lacks, 1000)
  );
  return v_last;
end
$$;

-- Ends a verification. p_complete: it has read everything that can be read. At zero the incident closes itself. Answers
-- {closed, left}: what keeps it open; null when the lease was lost.
create function public.end_incident_verification(
  p_id bigint, p_fence bigint, p_complete boolean, p_reason text, p_found jsonb
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_left jsonb;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incidents x set
    state = 'verifying', verifying_at = coalesce(x.verifying_at, public.now_()),
    verified_at = case when p_complete then public.now_() end
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'verified', format(
      '%s: %s of %s events are verified, %s are still missing, %s cannot be brought back.%s',
      case when p_complete then 'Verified completely' else 'Verified in part' end, i.verified, i.total, i.still_missing,
      i.unrecoverable, coalesce(' ' || p_reason, '')
    ),
    p_found || jsonb_build_object(
      'complete', p_complete, 'verified', i.verified, 'still_missing', i.still_missing,
      'unrecoverable', i.unrecoverable, 'total', i.total
    ),
    'Recovery', 'recovery', i.recovery ->> 'request_id'
  );
  v_left := public.close_when_done(p_id, null, 'Recovery', 'recovery', i.recovery ->> 'request_id');
  return jsonb_build_object('closed', v_left is null, 'left', v_left);
end
$$;
