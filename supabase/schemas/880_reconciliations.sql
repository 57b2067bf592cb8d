-- Runs of reconciliation, and what they asked. Called by lib/queries/reconciliations.ts.

-- One run: see run_json. Null when the caller may see no such run.
create function public.get_reconciliation(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.run_json(r, p_scope)
  from public.reconciliations r
  where r.id = p_id and public.in_scope(p_scope, r.organisation_id);
$$;

-- Runs, newest first. p_filter: {provider?, source_id? (null: the default endpoint), status?: […]}. p_after: the number
-- of the last one seen.
create function public.list_reconciliations(p_filter jsonb, p_limit integer, p_after bigint, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.reconciliations r
    where (p_after is null or r.id < p_after) and public.in_scope(p_scope, r.organisation_id)
      and (not p_filter ? 'provider' or r.provider = p_filter ->> 'provider')
      and (not p_filter ? 'source_id' or r.source_id is not distinct from (p_filter ->> 'source_id')::bigint)
      and (not p_filter ? 'status' or r.status::text = any (public.text_array(p_filter -> 'status')))
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'reconciliations', coalesce(
      jsonb_agg(public.get_reconciliation(p.id, p_scope) order by p.n) filter (where p.n <= p_limit), '[]'
    ),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$$;

-- What a run asked of the provider, newest first: {requests: [{id, method, url, status_code, provider_request_id,
-- entries, problem, milliseconds, asked_at}], next_cursor}. Null when the caller may see no such run.
create function public.list_api_requests(p_id bigint, p_limit integer, p_after bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select q.*, row_number() over (order by q.id desc) as n
    from public.api_requests q
    where q.reconciliation_id = p_id and (p_after is null or q.id < p_after)
    order by q.id desc
    limit p_limit + 1
  )
  select case when public.get_reconciliation(p_id, p_scope) is not null then jsonb_build_object(
    'requests', coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'method', p.method, 'url', p.url, 'status_code', p.status_code,
      'provider_request_id', p.provider_request_id, 'entries', p.entries, 'problem', p.problem,
      'milliseconds', p.milliseconds, 'asked_at', public.iso(p.asked_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$$;
