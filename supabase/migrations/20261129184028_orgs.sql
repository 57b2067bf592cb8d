-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.preview_replay (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, public.destination_name(t, p_scope) as destination, t.kind,
      -- How fast and well others' deliveries go there is not told.
      public.in_scope(p_scope, t.organisation_id) as shows_health
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and public.replay_name(p_id, p_scope) is not null
  ),
  splits as (
    select s.name, s.value, count(distinct x.event_id) as count
    from items x
    cross join lateral (values
      ('provider', x.provider), ('event_type', x.event_type), ('destination', x.destination),
      ('organisation', x.organisation_id), ('status', x.status::text)
    ) as s(name, value)
    group by s.name, s.value
  )
  select jsonb_build_object(
    'events', (select count(distinct x.event_id) from items x),
    'deliveries', (select count(*) from items x),
    'to_run', (select count(*) from items x where x.skip_reason is null),
    'to_skip', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select x.skip_reason, count(*) as count from items x where x.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'by', coalesce((
      select jsonb_object_agg(g.name, g.split) from (
        select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count', s.count) order by s.count desc, s.value)
          as split
        from splits s group by s.name
      ) g
    ), '{}'),
    'oldest', (select public.iso(min(x.received_at)) from items x),
    'newest', (select public.iso(max(x.received_at)) from items x),
    'average_ms', (
      select coalesce(avg(a.duration_ms), 100)::integer
      from (select distinct x.destination_id from items x where x.skip_reason is null and x.shows_health) x
      cross join lateral (
        select a.duration_ms from public.deliveries d
        join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
        where d.destination_id = x.destination_id and a.status = 'succeeded'
        order by d.id desc limit 50
      ) a
    ),
    -- Destinations whose newest attempts mostly failed: replaying into them is likely to fail again.
    'unhealthy_destinations', coalesce((
      select jsonb_agg(h.destination order by h.destination) from (
        select x.destination
        from (
          select distinct y.destination_id, y.destination from items y where y.skip_reason is null and y.shows_health
        ) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > now() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$function$;

CREATE OR REPLACE FUNCTION public.read_condition()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'at', public.iso(clock_timestamp()),
    -- Not that of this transaction: PostgREST makes every read one that cannot write.
    'read_only', current_setting('default_transaction_read_only') = 'on', 'standby', pg_is_in_recovery(),
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'accepted', r.accepted, 'rejected', r.rejected)
        order by r.provider)
      from (
        select s.provider, coalesce(sum(s.count) filter (where s.outcome <> 'rejected'), 0) as accepted,
          coalesce(sum(s.count) filter (where s.outcome = 'rejected'), 0) as rejected
        from public.statistics s
        where s.organisation_id = '' and s.minute > now() - interval '5 minutes' and s.outcome in ('received', 'duplicate', 'conflict', 'rejected')
        group by s.provider
      ) r
    ), '[]')
  ) || public.read_backlog(null);
$function$;
