-- Sources as people manage them: every change is one statement and an audit row, and answers the source as it is then.
-- Called by lib/queries/sources.ts. A URL's token never comes here, only its hash.

-- p_source: {provider, name, organisation_id?, company_id?, settings, max_per_minute?, token_hash (hex), token_hint}.
-- Answers {refused: 'beyond_scope'} for an organisation that is not the maker's.
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
  insert into public.sources (
    provider, name, organisation_id, company_id, settings, max_per_minute, token_hash, token_hint
  )
  values (
    p_source ->> 'provider', p_source ->> 'name', p_source ->> 'organisation_id', p_source ->> 'company_id',
    coalesce(p_source -> 'settings', '{}'), (p_source ->> 'max_per_minute')::integer,
    decode(p_source ->> 'token_hash', 'hex'), p_source ->> 'token_hint'
  )
  returning * into s;
  perform public.note_source('create', s, '{}', p_actor, p_actor_id, p_request_id);
  return public.source_json(s, p_scope);
end
$$;

-- Changes what p_change names: {name, organisation_id, company_id, settings, max_per_minute, enabled}; null empties.
-- Null when there is no such source; {refused: 'beyond_scope'} when it would go to an organisation that is not the
-- caller's. Events that are stored keep the organisation they came with.
create function public.update_source(
  p_id bigint, p_change jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  s public.sources;
begin
  if p_change ? 'organisation_id' and not public.in_scope(p_scope, p_change ->> 'organisation_id') then
    return case
      when public.get_source(p_id, p_scope) is not null then jsonb_build_object('refused', 'beyond_scope')
    end;
  end if;
  update public.sources x set
    name = coalesce(p_change ->> 'name', x.name),
    organisation_id = case
      when p_change ? 'organisation_id' then p_change ->> 'organisation_id' else x.organisation_id
    end,
    company_id = case when p_change ? 'company_id' then p_change ->> 'company_id' else x.company_id end,
    settings = coalesce(p_change -> 'settings', x.settings),
    max_per_minute = case
      when p_change ? 'max_per_minute' then (p_change ->> 'max_per_minute')::integer else x.max_per_minute
    end,
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source('update', s, p_change, p_actor, p_actor_id, p_request_id);
  return public.source_json(s, p_scope);
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
    previous_token_expires_at = case
      when p_overlap_seconds > 0 then public.now_() + make_interval(secs => p_overlap_seconds)
    end,
    token_hash = decode(p_token_hash, 'hex'),
    token_hint = p_token_hint,
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source(
    'rotate', s, jsonb_build_object('overlap_seconds', p_overlap_seconds), p_actor, p_actor_id, p_request_id
  );
  return public.source_json(s, p_scope);
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
    archived_at = public.now_(), enabled = false, previous_token_hash = null, previous_token_expires_at = null,
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return false;
  end if;
  perform public.note_source('delete', s, '{}', p_actor, p_actor_id, p_request_id);
  return true;
end
$$;

-- Null when there is no such source.
create function public.get_source(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.source_json(s, p_scope) from public.sources s
  where s.id = p_id and s.archived_at is null and public.in_scope(p_scope, s.organisation_id);
$$;

create function public.note_source(
  p_action text, s public.sources, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  select public.record_staff_action(
    'source.' || p_action, 'so_' || (s).id, jsonb_build_object('provider', (s).provider, 'name', (s).name) || p_details,
    p_actor, p_actor_id, p_request_id
  );
$$;

-- A source as lib/contract/sources.ts has it, without its URL.
create function public.source_json(s public.sources, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'so_' || (s).id, 'provider', (s).provider, 'name', (s).name, 'organisation_id', (s).organisation_id,
    'company_id', (s).company_id, 'token_hint', (s).token_hint,
    'previous_token_expires_at', case
      when (s).previous_token_expires_at > public.now_() then public.iso((s).previous_token_expires_at)
    end,
    'settings', (s).settings, 'max_per_minute', (s).max_per_minute,
    'enabled', (s).enabled, 'created_at', public.iso((s).created_at),
    'last_event', (
      select jsonb_build_object(
        'id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at)
      )
      from public.events e
      -- A range and its order, not an equality: only the source's own index can answer that, also for one without
      -- events.
      where e.source_id between (s).id and (s).id and public.in_scope(p_scope, e.organisation_id)
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  );
$$;
