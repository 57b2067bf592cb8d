-- Destinations as pages, the API and the sending side read them. Called by lib/destinations/manage.ts and
-- lib/queries/destinations.ts.

-- Every destination that is not deleted, in the order they were made. One that all organisations share is for those who
-- are scoped to all: its address, its figures and its errors are about all of them.
create function public.list_destinations(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.destination_json(d) order by d.id), '[]')
  from public.destinations d
  where d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$$;

-- One destination. Null when there is none, or it was deleted.
create function public.get_destination(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.destination_json(d) from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$$;

-- What testing a destination needs, ciphertexts and whole URL included: for lib/destinations/manage.ts, never for an
-- answer.
create function public.get_sealed_destination(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', d.id, 'slug', d.slug, 'kind', d.kind, 'managed', d.managed, 'url', d.url, 'headers', d.headers,
    'secrets', d.secrets, 'timeout_ms', d.timeout_ms, 'organisation_id', d.organisation_id
  )
  from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$$;

-- The same for the destination whose URL is one of these, of an organisation when it is given. Null when there is none.
create function public.find_destination_by_url(p_urls text[], p_organisation_id text, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.get_sealed_destination(d.id, p_scope)
  from public.destinations d
  where d.url = any (p_urls) and d.kind = 'http' and d.archived_at is null
    and (p_organisation_id is null or d.organisation_id is null or d.organisation_id = p_organisation_id)
    and public.in_scope(p_scope, d.organisation_id)
  order by d.organisation_id is null, d.id
  limit 1;
$$;

-- One destination with something encrypted, to try the key with when Redrive starts. Null when nothing needs a key.
create function public.find_sealed_destination() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('slug', d.slug, 'secrets', d.secrets, 'headers', d.headers)
  from public.destinations d
  where d.managed and d.archived_at is null and (d.secrets <> '[]' or d.headers <> '{}')
  order by d.id
  limit 1;
$$;

-- The newest deliveries of a destination. p_cursor: the id of the last one seen, null for the first page.
create function public.list_destination_deliveries(p_id bigint, p_limit integer, p_cursor bigint, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select d.id, row_number() over (order by d.id desc) as n
    from public.deliveries d
    where d.destination_id = p_id and (p_cursor is null or d.id < p_cursor)
      and (
        p_scope is null
        or exists (
          select from public.destinations t where t.id = p_id and public.in_scope(p_scope, t.organisation_id)
        )
        -- It may have been another organisation's before.
        and exists (select from public.events e where e.id = d.event_id and public.in_scope(p_scope, e.organisation_id))
      )
    order by d.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'deliveries', coalesce(jsonb_agg(jsonb_build_object(
      'delivery_id', d.id, 'event_id', 'we_' || e.id, 'event_type', e.event_type, 'provider', e.provider,
      'status', d.status, 'http_status', a.http_status, 'error_class', d.last_error_class, 'error', d.last_error,
      'duration_ms', a.duration_ms, 'attempt_count', d.attempt_count,
      'replay_id', public.replay_name(d.replay_id, p_scope),
      'created_at', public.iso(d.created_at), 'finished_at', public.iso(d.finished_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p
  join public.deliveries d on d.id = p.id
  join public.events e on e.id = d.event_id
  left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count;
$$;

-- What destinations are called, by slug: {slug: name}, also of those that were deleted. Those that all organisations
-- share are named to every user: the events of any of them may go there.
create function public.read_destination_names(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(t.slug, t.name), '{}') from public.destinations t
  where t.organisation_id is null or public.in_scope(p_scope, t.organisation_id);
$$;
