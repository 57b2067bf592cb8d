-- The counts next to the filter's choices, and the filters that people saved.

-- What came in by provider and type, for the counts next to the filter's choices: at the times of the filter, of the
-- last 7 days when it has none. The 200 most frequent.
create function public.count_event_types(p_filter jsonb, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider_slug', t.provider, 'event_type', t.event_type, 'count', t.count
  ) order by t.count desc, t.event_type), '[]')
  from (
    select s.provider, s.event_type, sum(s.count) as count
    from public.statistics s
    where s.organisation_id = any (public.statistics_of(p_scope)) and s.outcome = 'received'
      and s.minute >= coalesce(
        greatest((p_filter ->> 'from_ts')::timestamptz, public.now_() - (p_filter ->> 'range')::interval),
        coalesce((p_filter ->> 'to_ts')::timestamptz, public.now_()) - interval '7 days'
      )
      and s.minute < coalesce((p_filter ->> 'to_ts')::timestamptz, 'infinity')
    group by s.provider, s.event_type
    order by count desc
    limit 200
  ) t;
$$;

create function public.list_event_views(p_staff_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.event_view_json(v) order by lower(v.name)), '[]')
  from public.event_views v
  where v.staff_id = p_staff_id;
$$;
