-- What reconciliation keeps for a while and then deletes: requests to providers, closed findings, and runs of the
-- schedule that found nothing, 90 days each. What an incident is about stays. Called by the worker every minute.

-- Deletes at most p_limit of each. Answers how many rows of these it deleted.
create function public.forget_reconciliation(p_limit integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_before timestamptz := public.now_() - interval '90 days';
  v_count integer;
  v_deleted integer := 0;
begin
  delete from public.api_requests q
  where q.id in (
    select x.id from public.api_requests x
    where x.asked_at < v_before and not exists (
      select from public.incident_runs i where i.reconciliation_id = x.reconciliation_id
    )
    order by x.asked_at
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_deleted := v_deleted + v_count;

  delete from public.findings f
  where f.id in (
    select x.id from public.findings x
    where x.closed_at < v_before and not exists (select from public.incident_items i where i.finding_id = x.id)
      and not exists (select from public.incident_runs i where i.reconciliation_id = x.reconciliation_id)
    order by x.closed_at
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_deleted := v_deleted + v_count;

  -- The newest complete run of a source stays: it says up to when nothing was missing. Those with windows and requests
  -- that are deleted along with them are fewer at a time.
  delete from public.reconciliations r
  where r.id in (
    select x.id from public.reconciliations x
    where x.completed_at < v_before and x.started_by in ('schedule', 'downtime')
      and not exists (select from public.findings f where f.reconciliation_id = x.id)
      and not exists (select from public.incident_runs i where i.reconciliation_id = x.id)
      and exists (
        select from public.reconciliations y
        where y.provider = x.provider and y.source_id is not distinct from x.source_id and y.status = 'completed'
          and y.created_at > x.created_at
      )
    order by x.completed_at
    limit greatest(1, p_limit / 10)
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_deleted + v_count;
end
$$;
