-- Sources as people manage them: every change is one statement and an audit row, and answers the source as it is then.
-- Called by lib/queries/sources.ts; list_source_tokens by the door. A URL's token never comes here, only its hash.
-- Long because what is told of sources and of refused requests stands beside what changes them.

-- Callers stand above what they call.
set check_function_bodies = off;

-- What the door must know to let somebody in: [{id, provider, organisation_id, company_id, settings, token_hash (hex),
-- previous_token_hash (hex, null when it ended), previous_ends_in_ms}].
create function public.list_source_tokens() returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', s.id, 'provider', s.provider, 'organisation_id', s.organisation_id, 'company_id', s.company_id,
    'settings', s.settings, 'token_hash', encode(s.token_hash, 'hex'),
    'previous_token_hash', case when s.previous_token_expires_at > now() then encode(s.previous_token_hash, 'hex') end,
    'previous_ends_in_ms', (extract(epoch from s.previous_token_expires_at - now()) * 1000)::bigint
  )), '[]')
  from public.sources s
  where s.enabled and s.archived_at is null;
$$;

-- Null when there is no such source.
create function public.get_source(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.source_answer(s, p_scope) from public.sources s
  where s.id = p_id and s.archived_at is null and public.in_scope(p_scope, s.organisation_id);
$$;

-- p_source: {provider, name, organisation_id?, company_id?, settings, token_hash (hex), token_hint}. Answers {refused:
-- 'beyond_scope'} for an organisation that is not the maker's.
create function public.create_source(
  p_source jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  s public.sources;
begin
  if not public.in_scope(p_scope, p_source ->> 'organisation_id') then
    return jsonb_build_object('refused', 'beyond_scope');
  end if;
  insert into public.sources (provider, name, organisation_id, company_id, settings, token_hash, token_hint)
  values (
    p_source ->> 'provider', p_source ->> 'name', p_source ->> 'organisation_id', p_source ->> 'company_id',
    coalesce(p_source -> 'settings', '{}'), decode(p_source ->> 'token_hash', 'hex'), p_source ->> 'token_hint'
  )
  returning * into s;
  perform public.note_source('create', s, '{}', p_actor, p_actor_id, p_request_id);
  return public.source_answer(s, p_scope);
end
$$;

-- Changes what p_change names: {name, organisation_id, company_id, settings, enabled}; null empties. Null when there is no
-- such source; {refused: 'beyond_scope'} when it would go to an organisation that is not the caller's. Events that are
-- stored keep the organisation they came with.
create function public.update_source(
  p_id bigint, p_change jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  s public.sources;
begin
  if p_change ? 'organisation_id' and not public.in_scope(p_scope, p_change ->> 'organisation_id') then
    return case when public.get_source(p_id, p_scope) is not null then jsonb_build_object('refused', 'beyond_scope') end;
  end if;
  update public.sources x set
    name = coalesce(p_change ->> 'name', x.name),
    organisation_id = case when p_change ? 'organisation_id' then p_change ->> 'organisation_id' else x.organisation_id end,
    company_id = case when p_change ? 'company_id' then p_change ->> 'company_id' else x.company_id end,
    settings = coalesce(p_change -> 'settings', x.settings),
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    updated_at = now()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source('update', s, p_change, p_actor, p_actor_id, p_request_id);
  return public.source_answer(s, p_scope);
end
$$;

-- Gives it a new token; the one before lets events in for p_overlap_seconds more. The one before that ends now.
create function public.rotate_source(
  p_id bigint, p_token_hash text, p_token_hint text, p_overlap_seconds integer, p_scope text[], p_actor text,
  p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  s public.sources;
begin
  update public.sources x set
    previous_token_hash = case when p_overlap_seconds > 0 then x.token_hash end,
    previous_token_expires_at = case when p_overlap_seconds > 0 then now() + make_interval(secs => p_overlap_seconds) end,
    token_hash = decode(p_token_hash, 'hex'),
    token_hint = p_token_hint,
    updated_at = now()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source(
    'rotate', s, jsonb_build_object('overlap_seconds', p_overlap_seconds), p_actor, p_actor_id, p_request_id
  );
  return public.source_answer(s, p_scope);
end
$$;

-- Closes it for good. False when there is no such source.
create function public.delete_source(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  s public.sources;
begin
  update public.sources x set
    archived_at = now(), enabled = false, previous_token_hash = null, previous_token_expires_at = null, updated_at = now()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return false;
  end if;
  perform public.note_source('delete', s, '{}', p_actor, p_actor_id, p_request_id);
  return true;
end
$$;

create function public.note_source(
  p_action text, s public.sources, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (
    p_actor, p_actor_id, 'source.' || p_action, 'so_' || (s).id,
    jsonb_build_object('provider', (s).provider, 'name', (s).name) || p_details, p_request_id
  );
$$;

-- A source as lib/contract/sources.ts has it, without its URL.
create function public.source_answer(s public.sources, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'so_' || (s).id, 'provider', (s).provider, 'name', (s).name, 'organisation_id', (s).organisation_id,
    'company_id', (s).company_id, 'token_hint', (s).token_hint,
    'previous_token_expires_at', case
      when (s).previous_token_expires_at > now() then public.iso((s).previous_token_expires_at)
    end,
    'settings', (s).settings, 'enabled', (s).enabled, 'created_at', public.iso((s).created_at),
    'last_event', (
      select jsonb_build_object('id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at))
      from public.events e
      -- A range and its order, not an equality: only the source's own index can answer that, also for one without events.
      where e.source_id between (s).id and (s).id and public.in_scope(p_scope, e.organisation_id)
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  );
$$;

-- What the doors of these providers saw: {provider: {last_event, events_24h, last_rejection, rejections_24h, sources}}.
-- Newest rows by index and counts from the buckets, so its cost does not grow with the number of events.
create function public.list_sources(p_providers text[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with counts as (
    select s.provider, sum(s.count) filter (where s.outcome = 'received') as events,
      sum(s.count) filter (where s.outcome = 'rejected') as rejections
    from public.statistics s
    where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= now() - interval '24 hours'
      and s.outcome in ('received', 'rejected')
    group by s.provider
  )
  select jsonb_object_agg(p.provider, jsonb_build_object(
    'last_event', case when p_scope is null then (
      select jsonb_build_object('id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at))
      from public.events e
      -- A range, for the reason above.
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ) else public.last_event_within(p.provider, p_scope) end,
    'events_24h', coalesce(c.events, 0),
    -- One look per reason, because the index has the reason before the time.
    'last_rejection', case when p_scope is null then (
      select public.rejection_brief(l.*::public.rejections, p_scope)
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
      select public.rejection_brief(l.*::public.rejections, p_scope)
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
      select jsonb_agg(public.source_answer(s, p_scope) order by s.id) from public.sources s
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

-- What is told of one refused request, with what it would have been as far as that is known.
create function public.rejection_brief(r public.rejections, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'reason', (r).reason, 'detail', (r).detail, 'received_at', public.iso((r).received_at),
    'organisation_id', (r).organisation_id, 'event_key', (r).event_key, 'body_sha256', encode((r).body_sha256, 'hex'),
    'source_id', (
      select 'so_' || s.id from public.sources s where s.id = (r).source_id and public.in_scope(p_scope, s.organisation_id)
    )
  );
$$;

-- The addresses that these senders posted to by mistake within a day, most frequent first:
-- [{provider, request, count, last_at}]. Counts what is kept, at most a hundred requests per sender and hour. They are of no
-- organisation, so they are told to staff for all.
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
      where public.in_scope(p_scope, r.organisation_id) and r.provider = s.slug and r.reason = 'wrong_address' and r.received_at >= now() - interval '24 hours'
    ) x
    group by x.provider, x.detail
    order by count(*) desc, x.provider, x.detail
    limit 20
  ) a;
$$;
