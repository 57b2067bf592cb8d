-- Managed destinations: made, changed and deleted by people, each time with a row in staff_actions that never holds a secret.
-- Called by lib/destinations/manage.ts and lib/queries/destinations.ts. What comes out is masked here: neither a ciphertext
-- nor what a URL hides leaves through a read.
-- Changing is "last writer wins" per field; who wants more sends the updated_at they have seen.
-- Long because it is a list: one function per verb and one per question.

-- The newest deliveries of one destination, for its page.
create index deliveries_newest_of_destination on public.deliveries (destination_id, id desc);

-- A URL as it may be shown: user, password and query values are hidden.
create function public.mask_url(p_url text) returns text
language sql immutable set search_path = '' as $$
  select regexp_replace(
    regexp_replace(p_url, '^([a-z]+://)[^/?#]*@', '\1••••@'), '([?&])([^=&#]*=)?[^&#]+', '\1\2••••', 'g'
  );
$$;

-- Whether what was meant for one URL may go to the other: the same host and port, and not in clear where it was not.
create function public.same_receiver(p_one text, p_other text) returns boolean
language sql immutable set search_path = '' as $$
  select substring(p_one from '^https?://(?:[^/?#]*@)?([^/?#]*)') = substring(p_other from '^https?://(?:[^/?#]*@)?([^/?#]*)')
    and not (starts_with(p_one, 'https:') and starts_with(p_other, 'http:'));
$$;

-- A destination as the API answers it, without its health.
create function public.destination_detail(d public.destinations) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ds_' || (d).id, 'slug', (d).slug, 'name', (d).name, 'kind', (d).kind, 'managed', (d).managed,
    'organisation_id', (d).organisation_id, 'url', public.mask_url((d).url), 'providers', (d).providers,
    'event_types', (d).event_types,
    'headers', (select coalesce(jsonb_object_agg(h.name, '••••'), '{}') from jsonb_object_keys((d).headers) h(name)),
    'timeout_ms', (d).timeout_ms, 'max_attempts', (d).max_attempts, 'base_delay_ms', (d).base_delay_ms,
    'backoff_factor', (d).backoff_factor, 'max_concurrency', (d).max_concurrency,
    'rate_per_second', (d).rate_per_second, 'ordering', (d).ordering, 'enabled', (d).enabled,
    'disabled_at', public.iso((d).disabled_at), 'disabled_because', (d).disabled_because,
    'paused_at', public.iso((d).paused_at),
    'secrets', (
      select coalesce(jsonb_agg(s.secret - 'ciphertext' order by s.n), '[]')
      from jsonb_array_elements((d).secrets) with ordinality as s(secret, n)
      where (s.secret ->> 'expires_at') is null or (s.secret ->> 'expires_at')::timestamptz > now()
    ),
    'created_at', public.iso((d).created_at), 'updated_at', public.iso((d).updated_at)
  );
$$;

-- Every destination that is not deleted, in the order they were made. One that all organisations share is for those who are
-- scoped to all: its address, its figures and its trouble tell of everybody.
create function public.list_destinations(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.destination_detail(d) order by d.id), '[]')
  from public.destinations d
  where d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$$;

-- One destination. Null when there is none, or it was deleted.
create function public.get_destination(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.destination_detail(d) from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$$;

-- What testing a destination needs, ciphertexts and whole URL included: for lib/destinations/manage.ts, never for an answer.
create function public.get_sealed_destination(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', d.id, 'slug', d.slug, 'kind', d.kind, 'managed', d.managed, 'url', d.url, 'headers', d.headers,
    'secrets', d.secrets, 'timeout_ms', d.timeout_ms, 'organisation_id', d.organisation_id
  )
  from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
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
    slug, name, kind, managed, providers, event_types, organisation_id, url, headers, secrets, timeout_ms, max_attempts,
    base_delay_ms, backoff_factor, max_concurrency, rate_per_second, ordering
  )
  select r.slug, r.name, 'http', true, r.providers, r.event_types, r.organisation_id, r.url, r.headers,
    public.add_secret('[]', r.secret, now()), r.timeout_ms, r.max_attempts, r.base_delay_ms, r.backoff_factor,
    r.max_concurrency, r.rate_per_second, r.ordering
  from jsonb_to_record(p_destination) as r(
    slug text, name text, providers text[], event_types text[], organisation_id text, url text, headers jsonb,
    secret jsonb, timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric,
    max_concurrency integer, rate_per_second numeric, ordering public.delivery_ordering
  )
  returning * into v_new;

  perform public.note_destination(v_new.id, 'create', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'name', v_new.name, 'url', public.mask_url(v_new.url), 'organisation_id', v_new.organisation_id
  ));
  return jsonb_build_object('result', 'done', 'destination', public.destination_detail(v_new));
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
    return jsonb_build_object('result', 'changed_meanwhile', 'destination', public.destination_detail(v_old));
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
    headers = public.merge_headers(
      case when v_moves then '{}' else d.headers end, coalesce(r.headers, case when v_moves then '{}' else d.headers end)
    ),
    secrets = case when v_moves then public.add_secret('[]', p_secret, now()) else d.secrets end,
    timeout_ms = coalesce(r.timeout_ms, d.timeout_ms),
    max_attempts = coalesce(r.max_attempts, d.max_attempts),
    base_delay_ms = coalesce(r.base_delay_ms, d.base_delay_ms),
    backoff_factor = coalesce(r.backoff_factor, d.backoff_factor),
    max_concurrency = coalesce(r.max_concurrency, d.max_concurrency),
    rate_per_second = case when p_changes ? 'rate_per_second' then r.rate_per_second else d.rate_per_second end,
    ordering = coalesce(r.ordering, d.ordering),
    updated_at = clock_timestamp()
  from jsonb_to_record(p_changes) as r(
    name text, organisation_id text, providers text[], event_types text[], headers jsonb, timeout_ms integer,
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
    'result', 'done', 'destination', public.destination_detail(v_new), 'new_secret', v_moves
  );
end
$$;

-- Gives it a new secret. The ones before it sign too for p_overlap_hours, at most four of them.
-- Answers {result}: 'done' with the destination, 'not_found' or 'not_managed'.
create function public.rotate_destination_secret(
  p_id bigint, p_secret jsonb, p_overlap_hours numeric, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new public.destinations;
begin
  update public.destinations d set
    secrets = public.add_secret(d.secrets, p_secret, now() + make_interval(secs => p_overlap_hours * 3600)),
    updated_at = clock_timestamp()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id)
  returning d.* into v_new;
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform public.note_destination(
    p_id, 'rotate_secret', p_actor, p_actor_id, p_request_id, jsonb_build_object('overlap_hours', p_overlap_hours)
  );
  return jsonb_build_object('result', 'done', 'destination', public.destination_detail(v_new));
end
$$;

-- Deletes it for people: it wants nothing more and is listed nowhere. What waits for it is cancelled; what is at its
-- endpoint this moment ends, and is not retried.
-- Answers {result}: 'done', 'not_found' or 'not_managed'.
create function public.archive_destination(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_cancelled bigint[];
  v_skipped record;
begin
  update public.destinations d set
    archived_at = now(), enabled = false, disabled_at = coalesce(d.disabled_at, now()),
    disabled_because = 'It was deleted.', secrets = '[]', headers = '{}', max_attempts = 1, updated_at = clock_timestamp()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id);
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform from public.deliveries d
  where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held') order by d.id for update;

  with cancelled as (
    update public.deliveries d set status = 'cancelled', finished_at = now()
    where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held')
    returning d.id
  )
  select array_agg(id) into v_cancelled from cancelled;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_cancelled)
  ));

  for v_skipped in with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = 'destination_disabled', finished_at = now()
    where i.delivery_id = any (v_cancelled) and i.fed_at is not null and i.outcome is null
    returning i.replay_id
  )
  select s.replay_id, count(*) as items from skipped s group by s.replay_id order by s.replay_id
  loop
    perform public.count_outcomes(v_skipped.replay_id, 0, 0, v_skipped.items);
  end loop;

  perform public.note_destination(p_id, 'archive', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'cancelled', coalesce(cardinality(v_cancelled), 0)
  ));
  return jsonb_build_object('result', 'done');
end
$$;

-- A real event for exactly this destination, whatever it wants: stored, delivered, and seen in the history.
-- p_event: as accept_events takes it. Answers {result}: 'done' with event_id and delivery_id, 'not_found', or
-- 'not_possible' for a destination that is not http.
create function public.create_sample(
  p_id bigint, p_event jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_destination public.destinations;
  v_event public.events;
  v_delivery_id bigint;
begin
  select * into v_destination from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id) for share;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif v_destination.kind <> 'http' then
    return jsonb_build_object('result', 'not_possible');
  end if;

  insert into public.events (
    provider, event_key, event_key_hash, event_type, status, trust, parse_status, organisation_id, raw_body,
    body_sha256, fingerprint, payload, method, path, headers, content_type, request_id, occurred_at
  )
  select e.provider, e.event_key, sha256(convert_to(e.event_key, 'UTF8')), e.event_type, 'received', e.trust, e.parse_status,
    e.organisation_id, b.body, sha256(b.body), decode(e.fingerprint, 'hex'), public.payload_or_null(b.body), e.method,
    e.path, e.headers, e.content_type, e.request_id, e.occurred_at
  from jsonb_to_record(p_event) as e(
    provider text, event_key text, event_type text, trust public.trust_level, parse_status public.parse_status,
    organisation_id text, body text, fingerprint text, method text, path text, headers jsonb, content_type text,
    request_id text, occurred_at timestamptz
  )
  cross join lateral (select decode(e.body, 'base64') as body) b
  returning * into v_event;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  values (
    v_event.id, p_id, public.first_status(v_destination), public.ordering_key_of(v_destination, v_event)
  )
  returning id into v_delivery_id;

  perform public.add_statistics(jsonb_build_array(jsonb_build_object(
    'organisation_id', v_event.organisation_id, 'provider', v_event.provider, 'event_type', v_event.event_type,
    'count', 1, 'outcome', 'received'
  )));
  perform public.note_destination(p_id, 'sample', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'event_id', 'we_' || v_event.id
  ));
  return jsonb_build_object('result', 'done', 'event_id', 'we_' || v_event.id, 'delivery_id', v_delivery_id);
end
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

-- One row of the audit log about a destination.
create function public.note_destination(
  p_id bigint, p_action text, p_actor text, p_actor_id text, p_request_id text, p_details jsonb
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, 'destination.' || p_action, 'ds_' || p_id, p_details, p_request_id);
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

-- A destination's secrets with a new one before them. Those before it end at p_until, or when they would have; with the
-- new one, five are kept, so that rotating in anger grows neither the row nor the signature header.
create function public.add_secret(p_secrets jsonb, p_secret jsonb, p_until timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_array(p_secret || jsonb_build_object('created_at', public.iso(now()), 'expires_at', null))
    || coalesce((
      select jsonb_agg(k.secret || jsonb_build_object('expires_at', public.iso(k.expires_at)) order by k.n)
      from (
        select s.secret, s.n, least((s.secret ->> 'expires_at')::timestamptz, p_until) as expires_at
        from jsonb_array_elements(p_secrets) with ordinality as s(secret, n)
        order by s.n
        limit 4
      ) k
      where k.expires_at > now()
    ), '[]');
$$;

-- The headers that were given; one without a value keeps the value it has, and is left out where it has none. Header
-- names know no case.
create function public.merge_headers(p_old jsonb, p_given jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_object_agg(g.name, coalesce(g.value, o.value)) filter (where coalesce(g.value, o.value) is not null), '{}')
  from jsonb_each_text(p_given) g(name, value)
  left join jsonb_each_text(p_old) o(name, value) on lower(o.name) = lower(g.name);
$$;
