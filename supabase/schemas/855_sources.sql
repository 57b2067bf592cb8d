-- What sources and rejected requests show. Called by lib/queries/sources.ts; list_source_tokens by the webhook
-- endpoint.

-- What the webhook endpoint must know to accept a request: [{id, provider, organisation_id, company_id, settings,
-- max_per_minute, token_hash (hex), previous_token_hash (hex, null when it ended), previous_ends_in_ms}].
create function public.list_source_tokens() returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', s.id, 'provider', s.provider, 'organisation_id', s.organisation_id, 'company_id', s.company_id,
    'settings', s.settings, 'max_per_minute', s.max_per_minute, 'token_hash', encode(s.token_hash, 'hex'),
    'previous_token_hash', case
      when s.previous_token_expires_at > public.now_() then encode(s.previous_token_hash, 'hex')
    end,
    'previous_ends_in_ms', (extract(epoch from s.previous_token_expires_at - public.now_()) * 1000)::bigint
  )), '[]')
  from public.sources s
  where s.enabled and s.archived_at is null;
$$;

-- What the endpoints of these providers received: {provider: {last_event, events_24h, last_rejection, rejections_24h,
-- sources}}. Newest rows by index and counts from the buckets, so its cost does not grow with the number of events.
create function public.list_sources(p_providers text[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with counts as (
    select s.provider, sum(s.count) filter (where s.outcome = 'received') as events,
      sum(s.count) filter (where s.outcome = 'rejected') as rejections
    from public.statistics s
    where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= public.now_() - interval '24 hours'
      and s.outcome in ('received', 'rejected')
    group by s.provider
  )
  select jsonb_object_agg(p.provider, jsonb_build_object(
    'last_event', case when p_scope is null then (
      select jsonb_build_object(
        'id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at)
      )
      from public.events e
      -- A range, for the reason above.
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ) else public.last_event_within(p.provider, p_scope) end,
    'events_24h', coalesce(c.events, 0),
    -- One probe per reason, because the index has the reason before the time.
    'last_rejection', case when p_scope is null then (
      select public.rejection_json(l.*::public.rejections, p_scope)
      from unnest(enum_range(null::public.rejection_reason)) as r(reason)
      cross join lateral (
        select x.* from public.rejections x
        where x.provider = p.provider and x.reason = r.reason
        order by x.received_at desc
        limit 1
      ) l
      order by l.received_at desc
      limit 1
    ) else (
      select public.rejection_json(l.*::public.rejections, p_scope)
      from unnest(p_scope) as o(id)
      cross join lateral (
        select x.* from public.rejections x
        where x.organisation_id = o.id and x.provider = p.provider
        order by x.received_at desc
        limit 1
      ) l
      order by l.received_at desc
      limit 1
    ) end,
    'rejections_24h', coalesce(c.rejections, 0),
    'sources', coalesce((
      select jsonb_agg(public.source_json(s, p_scope) order by s.id) from public.sources s
      where s.provider = p.provider and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
    ), '[]')
  ))
  from unnest(p_providers) as p(provider)
  left join counts c on c.provider = p.provider;
$$;

-- The newest event of a provider and of these organisations: one probe of the index of each.
create function public.last_event_within(p_provider text, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', 'we_' || l.id, 'event_type', l.event_type, 'received_at', public.iso(l.received_at))
  from unnest(p_scope) as o(id)
  cross join lateral (
    select e.id, e.event_type, e.received_at from public.events e
    where e.organisation_id = o.id and e.provider = p_provider
    order by e.received_at desc, e.id desc
    limit 1
  ) l
  order by l.received_at desc, l.id desc
  limit 1;
$$;

-- What is shown of one rejected request, with what it would have been as far as that is known.
create function public.rejection_json(r public.rejections, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'reason', (r).reason, 'detail', (r).detail, 'received_at', public.iso((r).received_at),
    'organisation_id', (r).organisation_id, 'event_key', (r).event_key, 'body_sha256', encode((r).body_sha256, 'hex'),
    'body_size', (r).body_size, 'body_read', (r).body_read, 'body_kept', octet_length((r).body),
    'headers', (r).headers,
    -- Up to 64 KiB are kept; a page that lists all providers shows how it begins.
    'body_base64', translate(encode(substring((r).body from 1 for 4096), 'base64'), E'\n', ''),
    'source_id', (
      select 'so_' || s.id from public.sources s
      where s.id = (r).source_id and public.in_scope(p_scope, s.organisation_id)
    )
  );
$$;

-- The addresses that these senders posted to by mistake within a day, most frequent first:
-- [{provider, request, count, last_at}]. Counts what is kept, at most a hundred requests per sender and hour. They are
-- of no organisation, so they are shown to staff who are scoped to all.
create function public.list_wrong_addresses(p_senders text[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', a.provider, 'request', a.detail, 'count', a.count, 'last_at', public.iso(a.last_at)
  ) order by a.count desc, a.provider, a.detail), '[]')
  from (
    select x.provider, x.detail, count(*) as count, max(x.received_at) as last_at
    from unnest(p_senders) as s(slug)
    cross join lateral (
      select r.provider, r.detail, r.received_at from public.rejections r
      where public.in_scope(p_scope, r.organisation_id) and r.provider = s.slug and r.reason = 'wrong_address'
        and r.received_at >= public.now_() - interval '24 hours'
    ) x
    group by x.provider, x.detail
    order by count(*) desc, x.provider, x.detail
    limit 20
  ) a;
$$;
