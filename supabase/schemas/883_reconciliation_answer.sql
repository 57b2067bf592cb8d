-- What the answer of the runbook's reconciliation call says beyond the counts of its runs. Called by
-- lib/queries/campaigns-leads.ts.

-- Of some runs: {errors: {kind: how many requests}, entries: {path: sum of entries}}. A kind is a word of
-- lib/providers/api.ts; a path is without numbers, so that the requests about all campaigns are one. Only runs that the
-- caller may see count.
create function public.summarise_api_requests(p_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with asked as (
    select q.status_code, q.problem, coalesce(q.entries, 0) as entries, q.url
    from public.api_requests q
    join public.reconciliations r on r.id = q.reconciliation_id
    where r.id = any (p_ids) and public.in_scope(p_scope, r.organisation_id)
  )
  select jsonb_build_object(
    'errors', coalesce((
      select jsonb_object_agg(e.kind, e.count) from (
        select case
            when a.status_code is null then 'network'
            when a.status_code = 401 then 'unauthorised'
            when a.status_code = 403 then 'forbidden'
            when a.status_code = 404 then 'not_found'
            when a.status_code = 429 then 'rate_limited'
            when a.status_code >= 500 then 'unavailable'
            when a.status_code >= 400 then 'refused'
            else 'malformed'
          end as kind, count(*) as count
        from asked a
        where a.problem is not null or a.status_code is null or a.status_code >= 400
        group by 1
      ) e
    ), '{}'),
    'entries', coalesce((
      select jsonb_object_agg(p.path, p.entries) from (
        select regexp_replace(
            regexp_replace(split_part(a.url, '?', 1), '^[a-z]+://[^/]+', ''), '/\d+(?=/|$)', '/{id}', 'g'
          ) as path, sum(a.entries) as entries
        from asked a
        where a.status_code between 200 and 299
        group by 1
        order by 2 desc
        limit 50
      ) p
    ), '{}')
  );
$$;

-- The sources that the runbook's call is about: those of an organisation, or of one of its companies. Numbers of rows;
-- none when the organisation has no source of this provider.
create function public.list_sources_of_organisation(
  p_provider text, p_organisation_id text, p_company_id text, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(s.id order by s.id), '[]')
  from public.sources s
  where s.provider = p_provider and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
    and s.organisation_id = p_organisation_id
    and (p_company_id is null or s.company_id is null or s.company_id = p_company_id);
$$;
