-- What came and is no event.

-- Rejected requests: evidence, never an event. Capped per provider, reason and hour by record_rejections; an authentic
-- but stale request keeps its whole body, so that a wrong clock destroys nothing.
create table public.rejections (
  id bigint generated always as identity primary key,
  provider text not null,
  reason public.rejection_reason not null,
  detail text not null,
  status_code integer not null,
  method text not null,
  path text not null,
  headers jsonb not null,
  body bytea not null,
  -- As announced, where it was not read to its end.
  body_size bigint not null,
  -- How much of it was read; null before this was noted.
  body_read integer,
  -- Of what was read, also where only its beginning is kept.
  body_sha256 bytea,
  request_id text,
  -- What it would have been, as far as it can be believed: the source its URL belongs to, and that source's
  -- organisation; of an authentic one, such as a stale one, the organisation and key it has itself.
  source_id bigint references public.sources (id) on delete set null,
  organisation_id text,
  event_key text check (octet_length(event_key) <= 1024),
  received_at timestamptz not null default public.now_()
);

create index rejections_newest_of_provider on public.rejections (provider, reason, received_at desc);
create index rejections_newest_of_organisation on public.rejections (organisation_id, provider, received_at desc)
  where organisation_id is not null;
-- Whether what a provider says it sent was rejected.
create index rejections_of_key on public.rejections (provider, event_key) where event_key is not null;

alter table public.rejections enable row level security;
