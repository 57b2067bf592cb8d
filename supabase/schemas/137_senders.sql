-- What the endpoint limits by: networks that send forged requests, and sources with a ceiling. Written by the functions
-- of 312_sender_limits.sql.

-- Networks (see networkOf in lib/front/sender-network.ts) that sent something within a day.
create table public.sender_networks (
  network text primary key check (length(network) <= 64),
  -- Each forged request moves it on by a part of a minute. Who is more than a minute ahead has to wait.
  charged_until timestamptz not null,
  -- The newest verified request, to the hour.
  genuine_at timestamptz,
  seen_at timestamptz not null default public.now_()
) with (fillfactor = 50);

create index sender_networks_by_age on public.sender_networks (seen_at);

alter table public.sender_networks enable row level security;

-- How much of its ceiling a source has used.
create table public.source_allowances (
  source_id bigint primary key references public.sources (id) on delete cascade,
  used_until timestamptz not null
) with (fillfactor = 50);

alter table public.source_allowances enable row level security;
