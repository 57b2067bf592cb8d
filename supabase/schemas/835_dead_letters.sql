-- Dead letters by cause: a group is a destination and what went wrong there. Read by lib/queries/dead-letters.ts;
-- nothing here changes anything. A dead letter is a dead delivery of a dead event: what a person resolved is none.

-- The biggest groups, and how much there is in all. An event goes to a destination once, so a group's deliveries are as
-- many events. `hours` counts the last 24 hours of the clock, oldest first. What is in a group is read from the newest.
create function public.list_dead_letter_groups(p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with cells as (
    select d.destination_id, d.error_group,
      -- 24 is the current hour of the clock, 1 the one 23 hours ago; older ones share 0.
      width_bucket(d.finished_at, array(
        select date_trunc('hour', public.now_()) - ago * interval '1 hour' from generate_series(23, 0, -1) ago
      )) as hour,
      count(*) as count, min(d.finished_at) as first_at, max(d.finished_at) as last_at
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
    where d.status = 'dead'
    group by 1, 2, 3
  ),
  groups as (
    select c.destination_id, c.error_group, sum(c.count)::integer as count, min(c.first_at) as first_at,
      max(c.last_at) as last_at, jsonb_object_agg(c.hour, c.count) as hours
    from cells c
    group by 1, 2
  ),
  shown as (
    select * from groups g order by g.count desc, g.last_at desc, g.error_group, g.destination_id limit p_limit
  )
  select jsonb_build_object(
    'groups', coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'error_group', g.error_group, 'count', g.count, 'first_at', public.iso(g.first_at),
          'last_at', public.iso(g.last_at),
          'hours', (
            select jsonb_agg(coalesce((g.hours ->> n::text)::integer, 0) order by n) from generate_series(1, 24) n
          ),
          'destination', jsonb_build_object(
            'id', t.id,
            'slug', case
              when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug
              else 'ds_' || t.id
            end,
            'name', public.destination_name(t, p_scope), 'kind', t.kind
          )
        ) || public.dead_letters_json(g.destination_id, g.error_group, p_scope)
        order by g.count desc, g.last_at desc, g.error_group, g.destination_id
      )
      from shown g
      join public.destinations t on t.id = g.destination_id
    ), '[]'),
    'total', jsonb_build_object(
      'groups', (select count(*) from groups),
      'deliveries', (select coalesce(sum(g.count), 0) from groups g),
      'events', (
        select count(*) from public.events e where e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
      )
    )
  );
$$;

-- What a group is about, from its newest 100 deliveries: the cause, which providers and types, and the newest event.
create function public.dead_letters_json(p_destination_id bigint, p_error_group text, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with newest as (
    select d.last_error_class, d.last_http_status, d.last_error, d.finished_at, d.id, e.id as event_id, e.provider,
      e.event_type, e.event_key
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
    where d.status = 'dead' and d.error_group = p_error_group and d.destination_id = p_destination_id
    order by d.finished_at desc, d.event_id desc
    limit 100
  )
  select jsonb_build_object(
    'error_class', n.last_error_class, 'http_status', n.last_http_status,
    'message', public.normalise_error(n.last_error),
    'providers', (
      select jsonb_agg(p.provider order by p.count desc, p.provider)
      from (select x.provider, count(*) from newest x group by 1 order by 2 desc, 1 limit 3) p
    ),
    'event_types', (
      select jsonb_agg(p.event_type order by p.count desc, p.event_type)
      from (select x.event_type, count(*) from newest x group by 1 order by 2 desc, 1 limit 3) p
    ),
    'sample', jsonb_build_object('id', 'we_' || n.event_id, 'event_key', n.event_key, 'error', n.last_error)
  )
  from newest n
  order by n.finished_at desc, n.event_id desc
  limit 1;
$$;

-- How many events are dead; counting stops at 10,000. Asked for on every page.
create function public.count_dead_letters(p_scope text[]) returns integer
language sql stable set search_path = '' as $$
  select count(*)::integer from (
    select from public.events e where e.status = 'dead' and public.in_scope(p_scope, e.organisation_id) limit 10000
  ) d;
$$;

-- The newest dead deliveries, as the CloudGreet runbook's failed webhooks. Payloads beyond the budget of an answer are
-- left out, and marked: `body_url` has them.
create function public.list_dead_letters(p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', case when d.fits then public.payload_of(e) end,
    'webhook_data_omitted', not d.fits,
    'body_url', '/api/webhooks/events/we_' || e.id || '/body', 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select n.*, sum(n.bytes) over (order by n.finished_at desc, n.id desc) <= public.payload_budget() as fits
    from (
      select x.id, x.event_id, x.last_error, x.finished_at, public.payload_bytes(y) as bytes
      from public.deliveries x
      join public.events y on y.id = x.event_id
      where x.status = 'dead' and y.status = 'dead' and public.in_scope(p_scope, y.organisation_id)
      order by x.finished_at desc, x.id desc
      limit p_limit
    ) n
  ) d
  join public.events e on e.id = d.event_id;
$$;
