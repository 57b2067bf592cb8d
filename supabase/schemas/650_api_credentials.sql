-- Keys of providers' APIs as people manage them, by provider and source (null: the provider's default endpoint). Values
-- come encrypted and are answered only to the server itself. Called by lib/commands/api-credentials.ts.

-- Stores or replaces them: p_fields by name, secret ones encrypted; p_hints by name, how secret ones end.
-- Answers what list_api_credentials lists, null when the caller may see no such source.
create function public.set_api_credentials(
  p_provider text, p_source_id bigint, p_fields jsonb, p_hints jsonb, p_scope text[], p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  c public.api_credentials;
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return null;
  end if;
  insert into public.api_credentials (provider, source_id, fields, hints)
  values (p_provider, p_source_id, p_fields, p_hints)
  on conflict on constraint api_credentials_one_per_source do update set
    fields = excluded.fields, hints = excluded.hints, tested_at = null, problem = null, updated_at = public.now_()
  returning * into c;
  -- Names only: not even a hint of a key belongs in the log.
  perform public.record_staff_action(
    'api_key.set', public.source_subject(p_provider, p_source_id), jsonb_build_object(
      'provider', p_provider, 'fields', (select jsonb_agg(k order by k) from jsonb_object_keys(p_fields) k)
    ), p_actor, p_actor_id, p_request_id
  );
  return public.api_credentials_json(c);
end
$$;

-- False when there are none, or the caller may see no such source.
create function public.delete_api_credentials(
  p_provider text, p_source_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return false;
  end if;
  delete from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id;
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'api_key.delete', public.source_subject(p_provider, p_source_id), jsonb_build_object('provider', p_provider),
    p_actor, p_actor_id, p_request_id
  );
  return true;
end
$$;

-- Notes how a test ended: p_problem is null when the keys work. p_stored: it was of the stored ones. Keys of the
-- environment have no row.
create function public.note_api_test(
  p_provider text, p_source_id bigint, p_problem text, p_stored boolean, p_scope text[], p_actor text,
  p_actor_id text, p_request_id text
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return false;
  end if;
  update public.api_credentials c set tested_at = public.now_(), problem = left(p_problem, 500)
  where c.provider = p_provider and c.source_id is not distinct from p_source_id and p_stored;
  perform public.record_staff_action(
    'api_key.test', public.source_subject(p_provider, p_source_id),
    jsonb_strip_nulls(jsonb_build_object('provider', p_provider, 'problem', left(p_problem, 500))),
    p_actor, p_actor_id, p_request_id
  );
  return true;
end
$$;

-- What is known of the stored keys, without their values: {provider, source_id, names, hints, tested_at, problem,
-- updated_at}. Null when there are none, or the caller may see no such source.
create function public.get_api_credentials(p_provider text, p_source_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.api_credentials_json(c)
  from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id
    and public.may_see_source(p_provider, p_source_id, p_scope);
$$;

-- The stored keys, encrypted, by name; null when there are none. For the server's own requests to the provider.
create function public.read_api_credentials(p_provider text, p_source_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select c.fields from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id;
$$;

-- Those of all sources at once: [{provider, source_id, fields}]. For the schedule, and for coverage.
create function public.list_api_credentials(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.api_credentials_json(c) order by c.provider, c.source_id nulls first), '[]')
  from public.api_credentials c
  where public.may_see_source(c.provider, c.source_id, p_scope);
$$;

create function public.api_credentials_json(c public.api_credentials) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'provider', (c).provider, 'source_id', 'so_' || (c).source_id,
    -- What is not secret is shown as it is: a secret one has a hint.
    'fields', coalesce((
      select jsonb_object_agg(f.key, case when not (c).hints ? f.key then f.value end)
      from jsonb_each_text((c).fields) f
    ), '{}'),
    'hints', (c).hints, 'tested_at', public.iso((c).tested_at), 'problem', (c).problem,
    'updated_at', public.iso((c).updated_at)
  );
$$;

-- Whether the caller may see this source. The default endpoint of a provider belongs to no organisation.
create function public.may_see_source(p_provider text, p_source_id bigint, p_scope text[]) returns boolean
language sql stable set search_path = '' as $$
  select case
    when p_source_id is null then public.in_scope(p_scope, null)
    else exists (
      select from public.sources s
      where s.id = p_source_id and s.provider = p_provider and s.archived_at is null
        and public.in_scope(p_scope, s.organisation_id)
    )
  end;
$$;

-- What the audit log calls it: the source's id, or the provider for its default endpoint.
create function public.source_subject(p_provider text, p_source_id bigint) returns text
language sql immutable set search_path = '' as $$
  select coalesce('so_' || p_source_id, p_provider);
$$;
