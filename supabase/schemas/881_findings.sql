-- What runs found. Called by lib/queries/reconciliations.ts.

-- Findings of a run in the order they were found: {findings, next_cursor}. p_kind and p_state: one of them, or null for
-- all. p_after: the number of the last one seen. Null when the caller may see no such run.
create function public.list_findings(
  p_id bigint, p_kind text, p_state text, p_limit integer, p_after bigint, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select f.id, row_number() over (order by f.id) as n
    from public.findings f
    where f.reconciliation_id = p_id and (p_after is null or f.id > p_after)
      and (p_kind is null or f.kind::text = p_kind) and (p_state is null or public.shown_state(f)::text = p_state)
    order by f.id
    limit p_limit + 1
  )
  select case when exists (
    select from public.reconciliations r where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
  ) then jsonb_build_object(
    'findings', coalesce((
      select jsonb_agg(public.finding_json(f, p_scope) order by p.n)
      from page p join public.findings f on f.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', (select p.id from page p where p.n = p_limit and exists (select from page x where x.n > p_limit))
  ) end;
$$;

-- One finding with what a back-fill would store, as base64: {…, headers, body_base64}. Null when the caller may see
-- no such finding.
create function public.get_finding(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.finding_json(f, p_scope) || jsonb_build_object(
    'headers', coalesce(f.headers, '[]'), 'body_base64', translate(encode(f.body, 'base64'), E'\n', '')
  )
  from public.findings f
  join public.reconciliations r on r.id = f.reconciliation_id
  where f.id = p_id and public.in_scope(p_scope, r.organisation_id);
$$;

-- How an event was found, for its page: {reconciliation_id, finding_id, kind, state, found_at}, the newest. Null for
-- an event that no run found, and for one that the caller may not see.
create function public.find_finding_of_event(p_event_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'reconciliation_id', 'rc_' || f.reconciliation_id, 'finding_id', 'fi_' || f.id, 'kind', f.kind,
    'state', public.shown_state(f),
    'found_at', public.iso(f.found_at)
  )
  from public.findings f
  join public.reconciliations r on r.id = f.reconciliation_id
  where f.event_id = p_event_id and public.in_scope(p_scope, r.organisation_id)
  order by f.id desc
  limit 1;
$$;

-- A finding without its bytes.
create function public.finding_json(f public.findings, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'fi_' || (f).id, 'reconciliation_id', 'rc_' || (f).reconciliation_id, 'provider_slug', (f).provider,
    'kind', (f).kind, 'state', public.shown_state(f), 'event_key', (f).event_key, 'logical_key', (f).logical_key,
    'event_type', (f).event_type, 'object_id', (f).object_id, 'org_id', (f).organisation_id,
    'occurred_at', public.iso((f).occurred_at), 'origin', (f).origin, 'detail', (f).detail,
    'difference', (f).difference, 'body_size', octet_length((f).body),
    'event_id', (
      select 'we_' || e.id from public.events e
      where e.id = (f).event_id and public.in_scope(p_scope, e.organisation_id)
    ),
    'rejection', (
      select jsonb_build_object('reason', x.reason, 'detail', x.detail, 'received_at', public.iso(x.received_at))
      from public.rejections x where x.id = (f).rejection_id
    ),
    -- Whether a back-fill has something to store or to deliver.
    'may_back_fill', public.is_free(f) and (f).kind <> 'unrecoverable'
      and ((f).body is not null or (f).kind = 'undelivered' and (f).event_id is not null),
    'replay_id', public.started_replay((f).replay_id, p_scope),
    'found_at', public.iso((f).found_at), 'closed_at', public.iso((f).closed_at)
  );
$$;
