-- Endpoints besides the default ones: a source is a URL of its own, /api/webhooks/{provider}/{token}, for one provider
-- and one tenant. Providers that sign nothing need one, since the token in the URL is all that proves who sends.
-- Written by the functions of 525_sources.sql; lib/pipeline/source-tokens.ts keeps what the endpoint needs in memory.

create table public.sources (
  id bigint generated always as identity primary key,
  provider text not null,
  name text not null check (char_length(name) between 1 and 120),
  -- Whose events come through it: said by the operator, not by the sender.
  organisation_id text,
  company_id text,
  -- SHA-256 of the URL's token, and its last four characters, to recognise it by. The token itself is shown once.
  token_hash bytea not null unique,
  token_hint text not null check (char_length(token_hint) = 4),
  -- After a rotation the token before lets events in until here.
  previous_token_hash bytea unique,
  previous_token_expires_at timestamptz,
  -- What the provider's file needs to know of this source: Shopify's shop, the names of Mitto's fields.
  settings jsonb not null default '{}',
  enabled boolean not null default true,
  -- How many events a minute it may bring, in a burst or one by one; null: no limit.
  max_per_minute integer check (max_per_minute between 1 and 1000000),
  -- Deleted by a person: lets nothing in, is listed nowhere; its events still say where they came from.
  archived_at timestamptz,
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  -- A token from before a rotation has an end, or a leaked URL would work for ever.
  check ((previous_token_hash is null) = (previous_token_expires_at is null))
);

create index sources_of_provider on public.sources (provider, id);

alter table public.sources enable row level security;
