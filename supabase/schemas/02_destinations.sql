-- Where events go. `tables` projects an event into rows here, `http` posts its received bytes to a URL.
-- Written by configure_destinations at boot; read by accept_events (fan-out) and claim_deliveries (limits).

create table public.destinations (
  id bigint generated always as identity primary key,
  -- The stable name configuration refers to, e.g. `agent-sdk`.
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  kind public.destination_kind not null,
  -- Events of these providers …
  providers text[] not null,
  -- … and of these types (`*` is every type) come here.
  event_types text[] not null default '{*}',
  url text,
  timeout_ms integer not null default 15000 check (timeout_ms between 100 and 30000),
  max_attempts integer not null default 4 check (max_attempts between 1 and 50),
  base_delay_ms integer not null default 1000 check (base_delay_ms > 0),
  backoff_factor numeric not null default 2 check (backoff_factor >= 1),
  max_concurrency integer not null default 16 check (max_concurrency > 0),
  enabled boolean not null default true,
  paused_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- An http destination without a URL could only ever fail.
  check ((kind = 'http') = (url is not null))
);

alter table public.destinations enable row level security;

-- Makes the destinations of the configuration exist as given, by slug. Others are left alone.
-- p_destinations: [{slug, name, kind, providers, event_types, url?, timeout_ms?, max_attempts, base_delay_ms,
-- backoff_factor, max_concurrency?}]. Answers how many there are now.
create function public.configure_destinations(p_destinations jsonb) returns integer
language sql volatile set search_path = '' as $$
  insert into public.destinations as d (
    slug, name, kind, providers, event_types, url, timeout_ms, max_attempts, base_delay_ms, backoff_factor,
    max_concurrency
  )
  select
    r.slug, r.name, r.kind, r.providers, r.event_types, r.url, coalesce(r.timeout_ms, 15000), r.max_attempts,
    r.base_delay_ms, r.backoff_factor, coalesce(r.max_concurrency, 16)
  from jsonb_to_recordset(p_destinations) as r(
    slug text, name text, kind public.destination_kind, providers text[], event_types text[], url text,
    timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer
  )
  on conflict (slug) do update set
    name = excluded.name,
    kind = excluded.kind,
    providers = excluded.providers,
    event_types = excluded.event_types,
    url = excluded.url,
    timeout_ms = excluded.timeout_ms,
    max_attempts = excluded.max_attempts,
    base_delay_ms = excluded.base_delay_ms,
    backoff_factor = excluded.backoff_factor,
    max_concurrency = excluded.max_concurrency,
    updated_at = now();

  select count(*)::integer from public.destinations;
$$;

-- Whether a destination takes events of this provider and type: the one routing rule.
create function public.wants_event(p_destination public.destinations, p_provider text, p_event_type text) returns boolean
language sql immutable set search_path = '' as $$
  select (p_destination).enabled
    and p_provider = any ((p_destination).providers)
    and ('*' = any ((p_destination).event_types) or p_event_type = any ((p_destination).event_types));
$$;
