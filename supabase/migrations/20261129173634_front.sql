-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TYPE "public"."rejection_reason" ADD VALUE 'wrong_address' AFTER 'not_configured';


SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.list_wrong_addresses (
  p_senders text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', a.provider, 'request', a.detail, 'count', a.count, 'last_at', public.iso(a.last_at)
  ) order by a.count desc, a.provider, a.detail), '[]')
  from (
    select x.provider, x.detail, count(*) as count, max(x.received_at) as last_at
    from unnest(p_senders) as s(slug)
    cross join lateral (
      select r.provider, r.detail, r.received_at from public.rejections r
      where r.provider = s.slug and r.reason = 'wrong_address' and r.received_at >= now() - interval '24 hours'
    ) x
    group by x.provider, x.detail
    order by count(*) desc, x.provider, x.detail
    limit 20
  ) a;
$function$;

REVOKE ALL ON FUNCTION "public"."list_wrong_addresses"(text[]) FROM PUBLIC, "anon", "authenticated";

GRANT EXECUTE ON FUNCTION "public"."list_wrong_addresses"(text[]) TO "service_role";
