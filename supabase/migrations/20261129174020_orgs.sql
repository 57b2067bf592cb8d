-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.list_organisations (
  p_limit integer,
  p_scope text[]
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with recursive names as (
    (
      select e.organisation_id as name, 1 as n from public.events e
      where e.organisation_id is not null order by e.organisation_id limit 1
    )
    union all
    select (
      select e.organisation_id from public.events e where e.organisation_id > x.name order by e.organisation_id limit 1
    ), x.n + 1
    from names x where x.name is not null and x.n < p_limit
  )
  select case
    when p_scope is null then (select coalesce(array_agg(x.name order by x.n) filter (where x.name is not null), '{}') from names x)
    else array(select o from unnest(p_scope) o order by o limit p_limit)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."list_organisations"(integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_analytics (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer,
  p_scope          text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with now_counted as materialized (
    select * from public.counted_between(p_from, p_to, p_bucket_seconds, p_scope)
  ), by_provider as (
    select x.provider, public.outcomes(x.counts) as totals, public.outcomes(x.counts_before) as previous
    from (
      select c.provider, jsonb_object_agg(c.outcome, c.now) as counts, jsonb_object_agg(c.outcome, c.before) as counts_before
      from (
        select y.provider, y.outcome, sum(y.now) as now, sum(y.before) as before
        from (
          select n.provider, n.outcome, n.count as now, 0 as before from now_counted n
          union all
          select b.provider, b.outcome, 0, b.count
          from public.counted_between(p_from - (p_to - p_from), p_from, p_bucket_seconds, p_scope) b
        ) y
        group by y.provider, y.outcome
      ) c
      group by c.provider
    ) x
  )
  select jsonb_build_object(
    'from', public.iso(p_from), 'to', public.iso(p_to), 'bucket_seconds', p_bucket_seconds,
    'totals', (select public.sum_outcomes(array_agg(p.totals)) from by_provider p),
    'previous', (select public.sum_outcomes(array_agg(p.previous)) from by_provider p),
    'providers', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.provider), '[]') from by_provider p
    ),
    'series', coalesce((
      select jsonb_agg(public.outcomes(b.counts) || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select x.at, x.provider, jsonb_object_agg(x.outcome, x.count) as counts
        from (
          select c.at, c.provider, c.outcome, sum(c.count) as count from now_counted c group by 1, 2, 3
        ) x
        group by x.at, x.provider
      ) b
    ), '[]'),
    'rates', coalesce((
      select jsonb_agg(jsonb_build_object('at', public.iso(b.at), 'success_rate', public.outcomes(b.counts) -> 'success_rate')
        order by b.at)
      from (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from (select c.at, c.outcome, sum(c.count) as count from now_counted c group by 1, 2) x
        group by x.at
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        select c.event_type, case c.outcome when 'delivered' then 'success' else 'failure' end as status,
          sum(c.count) as count
        from now_counted c
        where c.outcome in ('delivered', 'failed', 'dead')
        group by 1, 2
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_bucket)), 'last_detail', l.detail,
        'last_organisation_id', l.organisation_id, 'last_source_id', l.source_id, 'last_event_key', l.event_key,
        'last_body_sha256', l.body_sha256
      ) order by r.count desc, r.provider, r.reason)
      from (
        select c.provider, c.event_type as reason, sum(c.count) as count, max(c.at) as last_bucket
        from now_counted c
        where c.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail, x.organisation_id, x.event_key, encode(x.body_sha256, 'hex') as body_sha256,
          'so_' || s.id as source_id
        from public.rejections x
        left join public.sources s on s.id = x.source_id and public.in_scope(p_scope, s.organisation_id)
        where x.provider = r.provider and x.reason::text = r.reason and public.in_scope(p_scope, x.organisation_id)
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'latency', public.read_latency(p_from, p_to, p_scope),
    'previous_latency', public.read_latency(p_from - (p_to - p_from), p_from, p_scope),
    'silent_providers', public.list_silent_providers(p_scope),
    'failed_webhooks', public.list_dead_letters(10, p_scope),
    'needs_attention', (
      select public.event_summaries(array_agg(e.id), p_scope)
      from (
        (select x.id, x.received_at from public.events x
          where x.status = 'dead' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        union all
        (select x.id, x.received_at from public.events x
          where x.status = 'failed' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog(p_scope);
$function$;

GRANT EXECUTE ON FUNCTION "public"."list_organisations"(integer, text[]) TO "service_role";
