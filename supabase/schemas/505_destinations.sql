-- Managed destinations: made, changed and deleted by people, each time with a row in staff_actions that never holds a
-- secret. Called by lib/destinations/manage.ts. What comes out is masked here: neither a ciphertext nor what a URL
-- hides leaves. Changing is "last writer wins" per field; who wants more sends the updated_at they have seen.

-- Makes an http destination. p_destination: every field of lib/contract/api/destinations.ts, the slug, headers with
-- encrypted values, and its first secret as {ciphertext, hint}. Answers {result}: 'done' with the destination, or
-- 'beyond_scope' for an organisation that is not the maker's.
create function public.create_destination(
  p_destination jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new public.destinations;
begin
  if not public.in_scope(p_scope, p_destination ->> 'organisation_id') then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  insert into public.destinations (
    slug, name, kind, managed, providers, event_types, organisation_id, livemode, url, headers, secrets,
    timeout_ms, max_attempts, base_delay_ms, backoff_factor, max_concurrency, rate_per_second, ordering
  )
  select r.slug, r.name, 'http', true, r.providers, r.event_types, r.organisation_id,
    coalesce(r.livemode, 'any'), r.url, r.headers,
    public.add_secret('[]', r.secret, public.now_()), r.timeout_ms, r.max_attempts, r.base_delay_ms, r.backoff_factor,
    r.max_concurrency, r.rate_per_second, r.ordering
  from jsonb_to_record(p_destination) as r(
    slug text, name text, providers text[], event_types text[], organisation_id text,
    livemode public.livemode_choice, url text, headers jsonb, secret jsonb, timeout_ms integer, max_attempts integer,
    base_delay_ms integer, backoff_factor numeric,
    max_concurrency integer, rate_per_second numeric, ordering public.delivery_ordering
  )
  returning * into v_new;

  perform public.note_destination(v_new.id, 'create', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'name', v_new.name, 'url', public.mask_url(v_new.url), 'organisation_id', v_new.organisation_id
  ));
  return jsonb_build_object('result', 'done', 'destination', public.destination_json(v_new));
end
$$;

-- Changes the fields that p_changes has. A header without a value (null) keeps the one it has. When the URL leads to
-- another receiver, nothing that only the old one may know goes along: p_secret, a new one, replaces every secret, and
-- headers without a new value are gone. p_seen: the updated_at the caller has seen, null for whatever it is.
-- Answers {result}: 'done' with the destination and new_secret (whether p_secret is now its secret), 'not_found',
-- 'not_managed', 'changed_meanwhile' (with the destination), 'masked_url' (a hidden part is not the stored one), or
-- 'beyond_scope' (it would go to an organisation that is not the caller's).
create function public.update_destination(
  p_id bigint, p_changes jsonb, p_secret jsonb, p_seen timestamptz, p_scope text[], p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_old public.destinations;
  v_new public.destinations;
  v_url text;
  v_moves boolean;
begin
  select * into v_old from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id) for no key update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not v_old.managed then
    return jsonb_build_object('result', 'not_managed');
  elsif p_changes ? 'organisation_id' and not public.in_scope(p_scope, p_changes ->> 'organisation_id') then
    return jsonb_build_object('result', 'beyond_scope');
  elsif v_old.updated_at <> p_seen then
    return jsonb_build_object('result', 'changed_meanwhile', 'destination', public.destination_json(v_old));
  end if;

  v_url := coalesce(p_changes ->> 'url', v_old.url);
  if v_url = public.mask_url(v_old.url) then
    v_url := v_old.url;
  elsif strpos(v_url, '••••') > 0 then
    return jsonb_build_object('result', 'masked_url');
  end if;
  v_moves := not public.same_receiver(v_old.url, v_url);

  update public.destinations d set
    name = coalesce(r.name, d.name),
    url = v_url,
    organisation_id = case when p_changes ? 'organisation_id' then r.organisation_id else d.organisation_id end,
    providers = coalesce(r.providers, d.providers),
    event_types = coalesce(r.event_types, d.event_types),
    livemode = coalesce(r.livemode, d.livemode),
    headers = public.merge_headers(
      case when v_moves then '{}' else d.headers end,
      coalesce(r.headers, case when v_moves then '{}' else d.headers end)
    ),
    secrets = case when v_moves then public.add_secret('[]', p_secret, public.now_()) else d.secrets end,
    timeout_ms = coalesce(r.timeout_ms, d.timeout_ms),
    max_attempts = coalesce(r.max_attempts, d.max_attempts),
    base_delay_ms = coalesce(r.base_delay_ms, d.base_delay_ms),
    backoff_factor = coalesce(r.backoff_factor, d.backoff_factor),
    max_concurrency = coalesce(r.max_concurrency, d.max_concurrency),
    rate_per_second = case when p_changes ? 'rate_per_second' then r.rate_per_second else d.rate_per_second end,
    ordering = coalesce(r.ordering, d.ordering),
    updated_at = public.clock_()
  from jsonb_to_record(p_changes) as r(
    name text, organisation_id text, livemode public.livemode_choice, providers text[], event_types text[],
    headers jsonb, timeout_ms integer,
    max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer,
    rate_per_second numeric, ordering public.delivery_ordering
  )
  where d.id = p_id
  returning d.* into v_new;

  perform public.note_destination(p_id, 'update', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'fields', (select jsonb_agg(f.name) from jsonb_object_keys(p_changes) f(name)),
    'url', public.mask_url(v_new.url), 'new_secret', v_moves
  ));
  return jsonb_build_object(
    'result', 'done', 'destination', public.destination_json(v_new), 'new_secret', v_moves
  );
end
$$;

-- Whether what was meant for one URL may go to the other: the same host and port, and not in clear where it was not.
create function public.same_receiver(p_one text, p_other text) returns boolean
language sql immutable set search_path = '' as $$
  select substring(p_one from '^https?://(?:[^/?#]*@)?([^/?#]*)')
      = substring(p_other from '^https?://(?:[^/?#]*@)?([^/?#]*)')
    and not (starts_with(p_one, 'https:') and starts_with(p_other, 'http:'));
$$;

-- The headers that were given; one without a value keeps the value it has, and is left out where it has none. Header
-- names know no case.
create function public.merge_headers(p_old jsonb, p_given jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(
    jsonb_object_agg(g.name, coalesce(g.value, o.value)) filter (where coalesce(g.value, o.value) is not null), '{}'
  )
  from jsonb_each_text(p_given) g(name, value)
  left join jsonb_each_text(p_old) o(name, value) on lower(o.name) = lower(g.name);
$$;

-- One row of the audit log about a destination.
create function public.note_destination(
  p_id bigint, p_action text, p_actor text, p_actor_id text, p_request_id text, p_details jsonb
) returns void
language sql volatile set search_path = '' as $$
  select public.record_staff_action(
    'destination.' || p_action, 'ds_' || p_id, p_details, p_actor, p_actor_id, p_request_id
  );
$$;

-- Why a change found nothing to change.
create function public.why_not_changed(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('result', case
    when exists (
      select from public.destinations d
      where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id)
    ) then 'not_managed'
    else 'not_found'
  end);
$$;

-- A destination as the API answers it, without its health.
create function public.destination_json(d public.destinations) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ds_' || (d).id, 'slug', (d).slug, 'name', (d).name, 'kind', (d).kind, 'managed', (d).managed,
    'organisation_id', (d).organisation_id, 'url', public.mask_url((d).url), 'providers', (d).providers,
    'event_types', (d).event_types, 'livemode', (d).livemode,
    'headers', (select coalesce(jsonb_object_agg(h.name, '••••'), '{}') from jsonb_object_keys((d).headers) h(name)),
    'timeout_ms', (d).timeout_ms, 'max_attempts', (d).max_attempts, 'base_delay_ms', (d).base_delay_ms,
    'backoff_factor', (d).backoff_factor, 'max_concurrency', (d).max_concurrency,
    'rate_per_second', (d).rate_per_second, 'ordering', (d).ordering, 'enabled', (d).enabled,
    'disabled_at', public.iso((d).disabled_at), 'disabled_because', (d).disabled_because,
    'paused_at', public.iso((d).paused_at),
    'secrets', (
      select coalesce(jsonb_agg(s.secret - 'ciphertext' order by s.n), '[]')
      from jsonb_array_elements((d).secrets) with ordinality as s(secret, n)
      where (s.secret ->> 'expires_at') is null or (s.secret ->> 'expires_at')::timestamptz > public.now_()
    ),
    'created_at', public.iso((d).created_at), 'updated_at', public.iso((d).updated_at)
  );
$$;
