-- How runs end, and how findings close. Called by the worker every few seconds.

-- Ends the runs whose windows were all read or given up. Answers how many.
create function public.advance_reconciliations() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  r record;
  v_ended integer := 0;
begin
  for r in
    select x.id, s.done, s.failed, s.problems
    from public.reconciliations x
    cross join lateral (
      select count(*) filter (where w.status = 'pending') as pending, count(*) filter (where w.status = 'done') as done,
        count(*) filter (where w.status = 'failed') as failed,
        string_agg(distinct w.problem, ' ') filter (where w.status = 'failed') as problems
      from public.reconciliation_windows w where w.reconciliation_id = x.id
    ) s
    where x.status in ('queued', 'running') and s.pending = 0
    order by x.id
    for update of x skip locked
  loop
    update public.reconciliations x set
      status = case when r.failed = 0 then 'completed' when r.done > 0 then 'partial' else 'failed' end
        ::public.reconciliation_status,
      reason = case
        when r.failed > 0 then left(coalesce(r.problems, 'A part of the span could not be read.'), 1000)
      end,
      started_at = coalesce(x.started_at, public.now_()), completed_at = public.now_()
    where x.id = r.id;
    delete from public.reconciliation_entries e where e.reconciliation_id = r.id;
    perform public.note_coverage(r.id);
    v_ended := v_ended + 1;
  end loop;

  -- What those that go on wait for.
  update public.reconciliations x set reason = w.problem
  from (
    select distinct on (y.reconciliation_id) y.reconciliation_id, y.problem
    from public.reconciliation_windows y
    where y.status = 'pending' and y.failures > 0
    order by y.reconciliation_id, y.due_at desc
  ) w
  where x.id = w.reconciliation_id and x.status = 'running' and x.reason is distinct from w.problem;
  return v_ended;
end
$$;

-- A complete run of all types moves what is known to be complete, if it leaves no gap.
create function public.note_coverage(p_id bigint) returns void
language sql volatile set search_path = '' as $$
  update public.watches w set covered_until = r.to_ts
  from public.reconciliations r
  where r.id = p_id and r.status = 'completed' and r.types is null and w.provider = r.provider
    and w.source_id is not distinct from r.source_id
    and (w.covered_until is null or w.covered_until between r.from_ts and r.to_ts);
$$;

-- Closes findings whose event is here by now, or whose rows are right again, whatever did it. Looks at p_limit of them,
-- those first that were not looked at for longest: new ones every other second, older ones every minute. Accepting an
-- event knows nothing of this. Answers how many it closed.
create function public.heal_findings(p_limit integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  g record;
  v_findings bigint[];
  v_matched jsonb;
  v_closed integer := 0;
  v_count integer;
begin
  select array_agg(x.id) into v_findings
  from (
    select f.id from public.findings f
    where f.state in ('open', 'back_filling') and f.kind <> 'unrecoverable'
      and f.checked_at < public.now_() - case
        when f.found_at > public.now_() - interval '10 minutes' then interval '2 seconds' else interval '1 minute'
      end
      and f.checked_at < public.now_() - interval '2 seconds'
    order by f.checked_at
    limit p_limit
    for update skip locked
  ) x;
  if v_findings is null then
    return 0;
  end if;

  for g in
    select f.provider, f.source_id, jsonb_agg(jsonb_build_object(
      'n', f.id, 'event_key', f.event_key, 'logical_key', f.logical_key, 'event_type', f.event_type
    )) as entries
    from public.findings f where f.id = any (v_findings)
    group by f.provider, f.source_id
  loop
    v_matched := public.match_keys(g.provider, g.source_id, null, g.entries);
    update public.findings f set
      state = h.state, event_id = coalesce(f.event_id, h.event_id), closed_at = public.now_()
    from (
      select x.id, m.event_id, public.healed_state(
        m.event_id, e.origin, m.kind, x.kind, x.state, x.body is not null
      ) as state
      from jsonb_to_recordset(v_matched) as m(n bigint, event_id bigint, is_waiting boolean, kind public.finding_kind)
      join public.findings x on x.id = m.n
      join public.events e on e.id = m.event_id
      where not m.is_waiting
    ) h
    where f.id = h.id and h.state is not null;
    get diagnostics v_count = row_count;
    v_closed := v_closed + v_count;
  end loop;

  update public.findings f set checked_at = public.now_() where f.id = any (v_findings) and f.closed_at is null;
  return v_closed;
end
$$;

-- What an open finding has become with its event here; null while it is open. p_wrong: what is still wrong with the
-- event.
create function public.healed_state(
  p_event_id bigint, p_origin public.event_origin, p_wrong public.finding_kind, p_kind public.finding_kind,
  p_state public.finding_state, p_differs boolean
) returns public.finding_state
language sql stable set search_path = '' as $$
  select case
    when p_kind in ('missing', 'rejected', 'not_subscribed') then case
      when not public.is_brought_back(p_origin) then 'late'
      when d.is_delivered and not d.is_open then case when d.is_live then 'late' else 'repaired' end
    end
    -- Of a row that differs from the provider's object only the provider can say that it is right.
    when p_kind in ('undelivered', 'drifted') and not p_differs and p_state = 'open' and p_wrong is null
      and d.is_delivered and not d.is_open then 'repaired'
  end::public.finding_state
  from (
    select coalesce(bool_or(x.status = 'delivered'), false) as is_delivered,
      coalesce(bool_or(x.status not in ('delivered', 'cancelled')), false) as is_open,
      coalesce(bool_or(x.status = 'delivered' and x.replay_id is null), false) as is_live
    from public.deliveries x where x.event_id = p_event_id
  ) d;
$$;

-- Closes the findings that a replay has delivered, and opens those again that it has not. Answers how many it changed.
create function public.settle_findings() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_findings bigint[];
  v_settled integer;
begin
  -- First those in question, which are none most of the time. One statement for both was seen to take seconds, and
  -- once 22 s, with 5,000 findings of a young table on a busy machine.
  select array_agg(x.id) into v_findings
  from (
    select f.id from public.findings f where f.state = 'back_filling' order by f.id for update skip locked
  ) x;
  if v_findings is null then
    return 0;
  end if;

  with s as materialized (
    select x.id, case when i.is_good then 'repaired' when i.is_bad and (r.id is null or i.has_ended) then 'open' end
      ::public.finding_state as state, i.detail
    from public.findings x
    left join public.replays r on r.id = x.replay_id
    cross join lateral (
      select r.id is not null and coalesce(bool_and(coalesce(
          o.outcome in ('changed', 'already_correct', 'superseded', 'delivered')
          or o.skip_reason in ('already_applied', 'superseded'), false
        )), r.completed_at is not null) as is_good,
        r.id is null or coalesce(bool_or(o.outcome = 'failed' or o.outcome = 'skipped'), false) as is_bad,
        r.completed_at is not null as has_ended,
        case when r.id is null then 'The back-fill was discarded.' else coalesce(
          max(o.detail) filter (where o.outcome = 'failed'), 'The back-fill did not deliver it: '
            || replace(max(o.skip_reason::text) filter (where o.outcome = 'skipped'), '_', ' ') || '.'
        ) end as detail
      from public.replay_items o where o.replay_id = r.id and o.event_id = x.event_id
    ) i
    where x.id = any (v_findings)
  )
  update public.findings f set
    state = s.state, closed_at = case when s.state = 'repaired' then public.now_() end,
    detail = case when s.state = 'open' then left(s.detail, 1000) else f.detail end,
    replay_id = case when s.state = 'open' then null else f.replay_id end, checked_at = public.now_()
  from s
  where f.id = any (v_findings) and f.id = s.id and s.state is not null;
  get diagnostics v_settled = row_count;
  return v_settled;
end
$$;
