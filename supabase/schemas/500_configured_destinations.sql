-- The destinations of the configuration. Called when Redrive starts.

-- Makes the destinations of the configuration exist as given, by slug. Others are left alone.
-- p_destinations: [{slug, name, kind, providers, event_types, livemode, url?, timeout_ms?, max_attempts,
-- base_delay_ms, backoff_factor, max_concurrency?, takes_internal?}]. Answers how many there are now.
create function public.configure_destinations(p_destinations jsonb) returns integer
language sql volatile set search_path = '' as $$
  insert into public.destinations as d (
    slug, name, kind, providers, event_types, livemode, url, timeout_ms, max_attempts, base_delay_ms, backoff_factor,
    max_concurrency, takes_internal
  )
  select
    r.slug, r.name, r.kind, r.providers, r.event_types, coalesce(r.livemode, 'any'), r.url,
    coalesce(r.timeout_ms, 15000), r.max_attempts,
    r.base_delay_ms, r.backoff_factor, coalesce(r.max_concurrency, 8), coalesce(r.takes_internal, true)
  from jsonb_to_recordset(p_destinations) as r(
    slug text, name text, kind public.destination_kind, providers text[], event_types text[],
    livemode public.livemode_choice, url text,
    timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer,
    takes_internal boolean
  )
  on conflict (slug) do update set
    name = excluded.name,
    kind = excluded.kind,
    providers = excluded.providers,
    event_types = excluded.event_types,
    livemode = excluded.livemode,
    url = excluded.url,
    timeout_ms = excluded.timeout_ms,
    max_attempts = excluded.max_attempts,
    base_delay_ms = excluded.base_delay_ms,
    backoff_factor = excluded.backoff_factor,
    max_concurrency = excluded.max_concurrency,
    takes_internal = excluded.takes_internal,
    updated_at = public.now_();

  select count(*)::integer from public.destinations;
$$;
