-- One page of what a provider lists: compared with what is here, and recorded with its findings and the next cursor in
-- one transaction. Nothing here changes what the endpoints accept.

-- Read-only: what is known of entries. p_entries: [{n, event_key, logical_key, event_type, occurred_at}]. Answers as
-- match_keys does.
create function public.match_entries(p_window bigint, p_entries jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  -- In plpgsql, whose plan is kept: it is asked for every page.
  return (
    select public.match_keys(r.provider, r.source_id, r.subscribed_types, p_entries)
    from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    where w.id = p_window
  );
end
$$;

-- p_page: {next, is_last, entries: [{n, event_key, logical_key, event_type, occurred_at, is_right, object_id?, origin?,
-- organisation_id?, body?, headers?, unrecoverable?, difference?}], counts: [{event_type, provider}], requests}. What
-- match_entries found here and right (`is_right`) is not looked up again, and comes without what a finding says. What
-- happened outside of the run's span does not count, and what was listed before counts once. Answers false when the
-- worker has lost the window, or its run has ended: then nothing was recorded.
create function public.record_page(p_window bigint, p_fence bigint, p_page jsonb, p_lease_seconds integer)
returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  w public.reconciliation_windows;
  r public.reconciliations;
  v_new integer[];
  v_matched jsonb;
begin
  select * into w from public.reconciliation_windows x
  where x.id = p_window and x.fence = p_fence and x.status = 'pending'
  for update;
  if not found then
    return false;
  end if;
  -- The run cannot end meanwhile; pages of other windows are recorded at the same time.
  select * into r from public.reconciliations x where x.id = w.reconciliation_id and x.status = 'running' for key share;
  if not found then
    return false;
  end if;

  perform public.note_api_requests(r.id, w.id, r.provider, p_page -> 'requests');
  v_new := public.new_entries(r, p_page -> 'entries');
  v_matched := public.match_keys(r.provider, r.source_id, r.subscribed_types, (
    select jsonb_agg(e) from jsonb_array_elements(p_page -> 'entries') e
    where (e ->> 'n')::integer = any (v_new) and not (e ->> 'is_right')::boolean
  ));

  insert into public.findings (
    reconciliation_id, provider, source_id, organisation_id, kind, identity, event_key, logical_key, event_type,
    object_id, occurred_at, origin, body, headers, event_id, rejection_id, difference, detail
  )
  select r.id, r.provider, r.source_id, coalesce(r.organisation_id, i.organisation_id), k.kind,
    coalesce(i.event_key, i.logical_key), i.event_key, i.logical_key, i.event_type, i.object_id, i.occurred_at,
    i.origin, decode(i.body, 'base64'), i.headers, m.event_id, m.rejection_id, i.difference,
    left(coalesce(i.unrecoverable, m.detail), 1000)
  from jsonb_to_recordset(v_matched) as m(
    n integer, event_id bigint, is_waiting boolean, kind public.finding_kind, rejection_id bigint, detail text
  )
  join jsonb_to_recordset(p_page -> 'entries') as i(
    n integer, event_key text, logical_key text, event_type text, object_id text, occurred_at timestamptz,
    origin public.event_origin, organisation_id text, body text, headers jsonb, unrecoverable text, difference jsonb
  ) on i.n = m.n
  cross join lateral (
    select case
      when m.event_id is not null and not m.is_waiting then
        coalesce(m.kind, case when i.difference is not null then 'drifted'::public.finding_kind end)
      when i.unrecoverable is not null and m.kind <> 'rejected' then 'unrecoverable'
      else m.kind
    end as kind
  ) k
  where k.kind is not null
  on conflict on constraint findings_once_per_run do nothing;

  update public.reconciliations x set
    listed = x.listed + cardinality(v_new),
    received = x.received + (
      select count(*) from jsonb_to_recordset(v_matched) as m(event_id bigint, is_waiting boolean)
      where m.event_id is not null and not m.is_waiting
    ) + (
      select count(*) from jsonb_to_recordset(p_page -> 'entries') as i(n integer, is_right boolean)
      where i.is_right and i.n = any (v_new)
    ),
    counted = case
      when jsonb_array_length(p_page -> 'counts') > 0 then public.counted_with(x, p_page -> 'counts') else x.counted
    end,
    reason = null
  where x.id = r.id;
  update public.reconciliation_windows x set
    cursor = p_page -> 'next', pages = x.pages + 1, failures = 0, problem = null,
    status = case when (p_page ->> 'is_last')::boolean then 'done' else x.status end,
    lease_until = case
      when not (p_page ->> 'is_last')::boolean then public.clock_() + make_interval(secs => p_lease_seconds)
    end
  where x.id = p_window;
  return true;
end
$$;

-- The numbers (n) of entries that are of the run, and that it has not read yet.
create function public.new_entries(r public.reconciliations, p_entries jsonb) returns integer[]
language plpgsql volatile set search_path = '' as $$
declare
  v_new integer[];
begin
  with listed as (
    select min(i.n) as n, sha256(convert_to(coalesce(i.event_key, i.logical_key), 'UTF8')) as identity_hash
    from jsonb_to_recordset(p_entries) as i(
      n integer, event_key text, logical_key text, event_type text, occurred_at timestamptz
    )
    where i.occurred_at >= (r).from_ts and i.occurred_at < (r).to_ts
      and ((r).types is null or public.is_subscribed((r).types, i.event_type))
    group by 2
    order by 2
  ),
  added as (
    insert into public.reconciliation_entries (reconciliation_id, identity_hash)
    select (r).id, l.identity_hash from listed l
    on conflict do nothing
    returning identity_hash
  )
  select coalesce(array_agg(l.n), '{}') into v_new
  from added a join listed l on l.identity_hash = a.identity_hash;
  return v_new;
end
$$;

-- What was counted so far, and a page's counts, each beside the number of our own events of that type in the run's
-- span: {event_type: {provider, received}}.
create function public.counted_with(r public.reconciliations, p_counts jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select (r).counted || coalesce(jsonb_object_agg(c.event_type, jsonb_build_object(
    'provider', coalesce(((r).counted -> c.event_type ->> 'provider')::bigint, 0) + c.provider,
    'received', (
      select count(*) from public.events e
      -- What is received is not older than its time, give or take the clocks.
      where e.event_type = c.event_type and e.received_at >= (r).from_ts - interval '1 hour'
        and e.provider = (r).provider and e.source_id is not distinct from (r).source_id and e.variant_of is null
        and coalesce(e.occurred_at, e.received_at) >= (r).from_ts
        and coalesce(e.occurred_at, e.received_at) < (r).to_ts
    )
  )), '{}')
  from (
    select x.event_type, sum(x.provider) as provider
    from jsonb_to_recordset(p_counts) as x(event_type text, provider bigint)
    where x.event_type is not null
    group by 1
  ) c;
$$;
