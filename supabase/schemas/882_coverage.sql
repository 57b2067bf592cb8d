-- What is known of each source's completeness. Called by lib/queries/coverage.ts.

-- Of the default endpoints of p_providers, for callers of all organisations, and of the sources that the caller may
-- see: [{provider, source_id, name, org_id, in_use, credentials, watch, running, last_complete, last_run, missing,
-- open, open_run_id, oldest_missing_at, repaired_24h, late_24h}]. An event that several runs found counts once.
-- open_run_id: the run that shows most of what is open, the newest of equal ones.
create function public.list_coverage(p_providers text[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with places as (
    select p.provider, null::bigint as source_id, null as name, null as organisation_id
    from unnest(p_providers) as p(provider)
    where public.in_scope(p_scope, null)
    union all
    select s.provider, s.id, s.name, s.organisation_id
    from public.sources s
    where s.provider = any (p_providers) and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', l.provider, 'source_id', 'so_' || l.source_id, 'name', l.name, 'org_id', l.organisation_id,
    'in_use', public.is_in_use(l.provider, l.source_id),
    'credentials', (
      select public.api_credentials_json(c) from public.api_credentials c
      where c.provider = l.provider and c.source_id is not distinct from l.source_id
    ),
    'watch', (
      select public.watch_json(w) from public.watches w
      where w.provider = l.provider and w.source_id is not distinct from l.source_id
    ),
    'running', public.run_in_brief(l.provider, l.source_id, '{queued,running}'),
    'last_complete', public.run_in_brief(l.provider, l.source_id, '{completed}'),
    'last_run', public.run_in_brief(l.provider, l.source_id, '{completed,partial,failed,cancelled}')
  ) || public.open_findings(l.provider, l.source_id) || public.closed_findings(l.provider, l.source_id)
  order by l.provider, l.source_id nulls first), '[]')
  from places l;
$$;

-- What is missing now, and what was repaired within a day, in all that the caller may see: {missing, rejected,
-- undelivered, drifted, not_subscribed, repaired_24h, late_24h}. Of open ones at most 10,000 are counted.
create function public.missing_counts(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with open as (
    select x.kind, x.provider, x.source_id, x.identity
    from (
      select f.kind, f.provider, f.source_id, f.identity, f.reconciliation_id
      from public.findings f
      where f.state in ('open', 'back_filling') and f.kind <> 'unrecoverable'
      limit 10000
    ) x
    join public.reconciliations r on r.id = x.reconciliation_id
    where public.in_scope(p_scope, r.organisation_id)
    group by 1, 2, 3, 4
  ),
  closed as (
    select f.state, f.provider, f.source_id, f.identity
    from public.findings f
    join public.reconciliations r on r.id = f.reconciliation_id
    where f.closed_at >= public.now_() - interval '24 hours' and public.in_scope(p_scope, r.organisation_id)
    group by 1, 2, 3, 4
  )
  select jsonb_build_object(
    'missing', count(*) filter (where o.kind = 'missing'), 'rejected', count(*) filter (where o.kind = 'rejected'),
    'undelivered', count(*) filter (where o.kind = 'undelivered'),
    'drifted', count(*) filter (where o.kind = 'drifted'),
    'not_subscribed', count(*) filter (where o.kind = 'not_subscribed'),
    'repaired_24h', (select count(*) from closed c where c.state = 'repaired'),
    'late_24h', (select count(*) from closed c where c.state = 'late')
  )
  from open o;
$$;

-- The newest run of a source with one of these statuses; null when it had none.
create function public.run_in_brief(p_provider text, p_source_id bigint, p_statuses text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'rc_' || r.id, 'status', r.status, 'reason', r.reason, 'started_by', r.started_by,
    'from_ts', public.iso(r.from_ts), 'to_ts', public.iso(r.to_ts), 'created_at', public.iso(r.created_at),
    'completed_at', public.iso(r.completed_at)
  )
  -- Two branches, of which one runs: the index does not answer "is not distinct from".
  from (
    (
      select * from public.reconciliations x
      where p_source_id is null and x.provider = p_provider and x.source_id is null
        and x.status::text = any (p_statuses)
      order by x.created_at desc, x.id desc
      limit 1
    )
    union all
    (
      select * from public.reconciliations x
      where x.provider = p_provider and x.source_id = p_source_id and x.status::text = any (p_statuses)
      order by x.created_at desc, x.id desc
      limit 1
    )
  ) r;
$$;

create function public.open_findings(p_provider text, p_source_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'missing', count(*) filter (where x.kind = 'missing'),
    'open', coalesce((
      select jsonb_object_agg(k.kind, k.count) from (
        select o.kind, count(distinct o.identity) as count
        from public.findings o
        where o.provider = p_provider and o.source_id is not distinct from p_source_id
          and o.state in ('open', 'back_filling')
        group by o.kind
      ) k
    ), '{}'),
    'open_run_id', (
      select 'rc_' || o.reconciliation_id
      from public.findings o
      where o.provider = p_provider and o.source_id is not distinct from p_source_id
        and o.state in ('open', 'back_filling')
      group by o.reconciliation_id
      order by count(*) filter (where o.kind <> 'unrecoverable') desc, o.reconciliation_id desc
      limit 1
    ),
    'oldest_missing_at', public.iso(min(x.occurred_at))
  )
  from (
    select f.kind, f.identity, min(f.occurred_at) as occurred_at
    from public.findings f
    where f.provider = p_provider and f.source_id is not distinct from p_source_id
      and f.state in ('open', 'back_filling') and f.kind in ('missing', 'rejected', 'not_subscribed')
    group by f.kind, f.identity
  ) x;
$$;

create function public.closed_findings(p_provider text, p_source_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'repaired_24h', count(distinct f.identity) filter (where f.state = 'repaired'),
    'late_24h', count(distinct f.identity) filter (where f.state = 'late')
  )
  from public.findings f
  where f.closed_at >= public.now_() - interval '24 hours' and f.provider = p_provider
    and f.source_id is not distinct from p_source_id;
$$;

-- Whether it ever received an event: one probe of an index, so a range and its order, and not an equality.
create function public.is_in_use(p_provider text, p_source_id bigint) returns boolean
language sql stable set search_path = '' as $$
  select case
    when p_source_id is null then (
      select e.id from public.events e
      where e.provider between p_provider and p_provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    )
    else (
      select e.id from public.events e
      where e.source_id between p_source_id and p_source_id
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  end is not null;
$$;
