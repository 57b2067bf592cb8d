-- What is wrong with the items that are here, what could be brought back, and what was recovered. By position in parts,
-- so that no statement grows with the incident.

-- Looks at the deliveries of the next p_limit items after p_after. find_failed: which of them are dead or have not
-- ended. find_stale: which rows are gone, and where nothing is wrong: those are recovered. Answers {next, counts by
-- cause}; `next` is null after the last ones. Null when the lease was lost.
create function public.find_incident_causes(
  p_id bigint, p_fence bigint, p_step public.incident_step, p_after integer, p_limit integer
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_items integer[];
  v_lost bigint[] := '{}';
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_items := array(
    select y.position from public.incident_items y
    where y.incident_id = p_id and y.position > p_after order by y.position limit p_limit
  );
  if p_step = 'find_stale' then
    v_lost := public.lost_deliveries(array(
      select d.id from public.incident_items y
      join public.deliveries d on d.event_id = y.event_id and d.status = 'delivered'
      where y.incident_id = p_id and y.position = any (v_items) and y.state not in ('verified', 'unrecoverable')
    ));
  end if;
  update public.incident_items y set
    cause = c.cause, changed_at = public.now_(), state = case
      when c.cause = 'delivered' and p_step = 'find_stale' and not public.delivers_again(i) then 'recovered'
      else y.state
    end
  from (
    select x.position, case
      when exists (
        select from public.deliveries d where d.event_id = x.event_id and d.id = any (v_lost)
      ) then 'stale'
      else public.cause_of_event(x.event_id)
    end::public.incident_cause as cause
    from public.incident_items x
    where x.incident_id = p_id and x.position = any (v_items) and x.event_id is not null
      and x.state in ('affected', 'still_missing') and x.cause in ('failed', 'waiting', 'stale', 'delivered')
      and not public.lacks_delivery(x.event_id)
  ) c
  where y.incident_id = p_id and y.position = c.position
    and (y.cause is distinct from c.cause or c.cause = 'delivered' and p_step = 'find_stale');
  return jsonb_build_object(
    'next', case when cardinality(v_items) = p_limit then v_items[p_limit] end,
    'counts', (
      select jsonb_object_agg(k.cause, k.count) from (
        select y.cause, count(*) as count from public.incident_items y
        where y.incident_id = p_id and y.position = any (v_items) group by 1
      ) k
    )
  );
end
$$;

-- Whether a destination wants an event and was never given it.
create function public.lacks_delivery(p_event_id bigint) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.events e
    join public.destinations t
      on public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
    where e.id = p_event_id and not exists (select from public.deliveries d where d.event_id = e.id)
  );
$$;

-- Findings of items after p_after that are not stored yet, and can be: [{position, run, finding}].
create function public.incident_findings_to_store(p_id bigint, p_after integer, p_limit integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', x.position, 'run', x.reconciliation_id, 'finding', x.id
  ) order by x.position), '[]')
  from (
    select y.position, f.reconciliation_id, f.id
    from public.incident_items y
    join public.findings f on f.id = y.finding_id
    where y.incident_id = p_id and y.position > p_after and y.state in ('affected', 'still_missing')
      and f.body is not null and public.is_free(f) and (y.event_id is null or y.cause = 'drifted')
    order by y.position
    limit p_limit
  ) x;
$$;

-- Items whose event came or was stored are about it from now on, and what has no content cannot be brought back.
-- Answers {linked, unrecoverable}; null when the lease was lost.
create function public.link_incident_events(p_id bigint, p_fence bigint) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_linked integer;
  v_lost integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incident_items y set
    event_id = e.id, object_id = coalesce(y.object_id, e.object_id),
    customer_id = coalesce(y.customer_id, e.customer_id),
    organisation_id = coalesce(y.organisation_id, e.organisation_id), amount = coalesce(y.amount, e.amount),
    currency = coalesce(y.currency, e.currency), changed_at = public.now_()
  from public.findings f
  cross join lateral (select x.* from public.events x where x.id = f.event_id offset 0) e
  where y.incident_id = p_id and f.id = y.finding_id and y.state in ('affected', 'still_missing')
    and y.event_id is distinct from e.id and (y.event_id is null or y.cause = 'drifted');
  get diagnostics v_linked = row_count;
  perform public.note_incident_organisations(p_id) where v_linked > 0;
  update public.incident_items y set
    state = 'unrecoverable', changed_at = public.now_(), reason = coalesce((
      select left(f.detail, 1000) from public.findings f where f.id = y.finding_id and f.detail <> ''
    ), 'The provider''s API names it without its content.')
  where y.incident_id = p_id and y.event_id is null and y.state in ('affected', 'still_missing') and not exists (
    select from public.findings f where f.id = y.finding_id and f.body is not null
  );
  get diagnostics v_lost = row_count;
  return jsonb_build_object('linked', v_linked, 'unrecoverable', v_lost);
end
$$;
