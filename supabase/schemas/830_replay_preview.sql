-- What a draft would do, and what keys and numbers of a selection mean.

-- What a draft would do: how its items split, and how long deliveries of their destinations take (milliseconds).
create function public.preview_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, public.destination_name(t, p_scope) as destination, t.kind,
      -- How fast and well others' deliveries go there is not shown.
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
            and a.finished_at > public.now_() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$$;

-- The events of a draft that would run and be projected, for the preview of their row changes. From p_after on, as many
-- as their bodies fit the budget of an answer, one at the least; none at the end.
create function public.list_projectable_items(p_replay_id bigint, p_after integer, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'kind', t.kind,
    'event', public.event_for_projection(e, (select s.settings from public.sources s where s.id = e.source_id))
  ) order by i.position), '[]')
  from (
    select x.*, sum(y.body_size) over (order by x.position) - y.body_size as bytes_before
    from (
      select * from public.replay_items z
      where z.replay_id = p_replay_id and z.position > p_after and z.outcome is null
        and public.replay_name(p_replay_id, p_scope) is not null
      order by z.position limit p_limit
    ) x
    join public.events y on y.id = x.event_id
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  where i.bytes_before < public.payload_budget();
$$;

-- The keys of a selection that more than one event has, because several organisations or sources sent them: who replays
-- one has to say which. [{event_key, choices: [{event_id, organisation_id, source_id}]}] of the first ten such keys.
create function public.list_key_choices(p_selection jsonb, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('event_key', c.key, 'choices', c.choices) order by c.n), '[]')
  from (
    select k.key, k.n, jsonb_agg(jsonb_build_object(
      'event_id', 'we_' || e.id, 'organisation_id', e.organisation_id, 'source_id', 'so_' || e.source_id
    ) order by e.organisation_id nulls last, e.id) as choices
    from (
      select x.key, min(x.n) as n
      from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as x(key, n) group by x.key
    ) k
    join public.events e on public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    group by k.key, k.n
    having count(*) > 1
    order by k.n
    limit 10
  ) c;
$$;

-- Whether an event is what a selection by keys means with one of them: {provider_slug, event_keys, organisation_id?,
-- source_id?}. The last two where they are given; null is "without".
create function public.has_key(e public.events, p_key text, p_selection jsonb) returns boolean
language sql immutable
return (e).variant_of is null and (e).provider = (p_selection ->> 'provider_slug')
  and (e).event_key = p_key
  and (
    not p_selection ? 'organisation_id' or (e).organisation_id is not distinct from (p_selection ->> 'organisation_id')
  )
  and (not p_selection ? 'source_id' or (e).source_id is not distinct from (p_selection ->> 'source_id')::bigint);

-- The keys or numbers of a selection that no event has, in the order they were asked for.
create function public.list_missing_events(p_selection jsonb, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(m.name order by m.n), '[]')
  from (
    select k.key as name, k.n
    from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as k(key, n)
    where not exists (
      select from public.events e
      where public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    )
    union all
    select 'we_' || k.id, k.n
    from jsonb_array_elements_text(p_selection -> 'event_ids') with ordinality as k(id, n)
    where not exists (
      select from public.events e where e.id = k.id::bigint and public.in_scope(p_scope, e.organisation_id)
    )
  ) m;
$$;
