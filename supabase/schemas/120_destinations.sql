-- Where events go. `tables` projects an event into rows here, `http` posts its received bytes to a URL.
-- Written by configure_destinations at boot; read by accept_events (fan-out) and claim_deliveries (limits).

create table public.destinations (
  id bigint generated always as identity primary key,
  -- The stable name configuration refers to, e.g. `agent-sdk`.
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (char_length(name) between 1 and 120),
  kind public.destination_kind not null,
  -- Made in the console or by the API. The others come from the configuration, which rewrites them at every start.
  managed boolean not null default false,
  -- Events of these providers (`*` is every provider) …
  providers text[] not null,
  -- … of these types (`payment.completed`, every type under `payment.*`, or every type: `*`) …
  event_types text[] not null default '{*}',
  -- Whether one of them is a family. Stored, because it is asked for each event and destination.
  wants_families boolean generated always as (public.has_families(event_types)) stored,
  -- … and of this organisation (null: of any) come here.
  organisation_id text,
  -- Whether it takes events that are not for the customer's side: private notes, and what a bot said itself.
  takes_internal boolean not null default true,
  -- … and of this mode of the provider. Rows hold live data, so `tables` takes live events unless configured otherwise.
  livemode public.livemode_choice not null default 'any',
  url text,
  -- Added to every request: {name: value}, the values encrypted by lib/destinations/secrets.ts.
  headers jsonb not null default '{}',
  -- What signs requests, newest first: [{ciphertext, created_at, expires_at}]. The newest has no end; during a rotation
  -- the one before it signs too, until it expires.
  secrets jsonb not null default '[]',
  timeout_ms integer not null default 15000 check (timeout_ms between 100 and 30000),
  max_attempts integer not null default 4 check (max_attempts between 1 and 50),
  base_delay_ms integer not null default 1000 check (base_delay_ms between 1 and 86400000),
  backoff_factor numeric not null default 2 check (backoff_factor between 1 and 10),
  max_concurrency integer not null default 8 check (max_concurrency between 1 and 1000),
  rate_per_second numeric check (rate_per_second > 0 and rate_per_second <= 1000),
  ordering public.delivery_ordering not null default 'none',
  -- Off: nothing goes there, and new events are held. Says why, when it was not a person.
  enabled boolean not null default true,
  disabled_at timestamptz,
  disabled_because text,
  -- Paused: new events are held, and released in order when it is resumed.
  paused_at timestamptz,
  -- Deleted by a person: wants nothing, is listed nowhere; its deliveries stay readable.
  archived_at timestamptz,
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  -- An http destination without a URL could only ever fail.
  check ((kind = 'http') = (url is not null)),
  check (enabled = (disabled_at is null))
);

alter table public.destinations enable row level security;
