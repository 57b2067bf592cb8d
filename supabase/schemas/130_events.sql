-- What providers sent us. Written by store_events; the status is rolled up from the deliveries by roll_up_events.

create table public.events (
  id bigint generated always as identity primary key,
  provider text not null,
  -- At most 1 KB: longer keys arrive here as `sha256:<hex>` of themselves. Looked up by its hash, in event_keys.
  event_key text not null check (octet_length(event_key) between 1 and 1024),
  event_type text not null check (char_length(event_type) <= 255),
  -- The source it came through; null is the provider's default one, which the environment configures.
  source_id bigint references public.sources (id) on delete restrict,
  status public.event_status not null default 'received',
  trust public.trust_level not null,
  parse_status public.parse_status not null,
  flags public.event_flag[] not null default '{}',
  organisation_id text,
  company_id text,
  object_id text,
  -- It carries the whole state of its object, so that a newer one of its type makes it pointless to send.
  replaces_older boolean not null default false,
  livemode boolean,
  -- The same bytes came before under another key, and the provider does not sign its keys: stored, never delivered by
  -- itself.
  suspected_replay boolean not null default false,
  -- The provider does not sign what the key is made of: its bytes are looked up when others come.
  unsigned_key boolean not null default false,
  -- A person asked the sender to forget them: bytes, payload and headers are gone, the hashes stay.
  redacted_at timestamptz,
  -- Of the received bytes, which are in event_bodies: lists and claims ask only how many they are.
  body_size integer not null check (body_size >= 0),
  body_sha256 bytea not null,
  -- What is equal on every honest retry: the body's hash, or a hash of the part a provider does not vary.
  fingerprint bytea not null,
  -- The version of the provider's API that its bytes are written in, where one event is sent in several.
  rendering text,
  -- Other bytes under the key of this event: another version of it, stored by store_variants. Nothing wants it by
  -- itself; a replay delivers it.
  variant_of bigint,
  -- A guarded projection of the body for search and display. Null when jsonb could not hold it exactly.
  payload jsonb,
  method text not null,
  path text not null,
  -- Ordered pairs [[name, value], …] as received, secrets redacted.
  headers jsonb not null,
  content_type text,
  request_id text,
  -- Of the span that received it, where traces are exported: its deliveries go on from there (lib/tracing).
  traceparent text,
  occurred_at timestamptz,
  received_at timestamptz not null default public.now_(),
  processed_at timestamptz,
  duplicate_count integer not null default 0,
  -- How many other versions came; the first ten of them are events of their own.
  conflict_count integer not null default 0,
  replay_count integer not null default 0,
  attempt_count integer not null default 0,
  last_error_class public.error_class,
  last_error text,
  -- Made by the provider's file from the body, for pairing alone: what is read from the provider's API has another
  -- event key than the webhook that comes late. Null for providers whose API has the events themselves.
  logical_key text,
  -- Where its bytes are from; null for an event from before this was noted, which was a webhook or published.
  origin public.event_origin,
  -- Facts, made by `summary` in the provider's file when the event is accepted: whom it is about and what its object is
  -- worth, in minor units (lib/contract/money.ts). The object is object_id. Null where the event does not say.
  object_type text,
  customer_id text,
  amount bigint,
  amount_kind public.amount_kind,
  currency text,
  -- The words that people search for: names, addresses, numbers. Null for an event whose facts were not read yet, and
  -- for a redacted one.
  terms tsvector,
  check ((amount is null) = (currency is null) and (amount is null) = (amount_kind is null))
);

-- With what is counted and searched of many events at a time, so that their rows need not be read for it.
create index events_newest_first on public.events (received_at desc, id desc)
  include (status, provider, event_type, event_key);
create index events_newest_of_provider on public.events (provider, received_at desc, id desc);
create index events_newest_with_status on public.events (status, received_at desc, id desc);
create index events_newest_of_organisation on public.events (organisation_id, received_at desc, id desc)
  where organisation_id is not null;
create index events_newest_of_type on public.events (event_type, received_at desc, id desc);
-- The seldom ones: what is not in them costs nothing when an event is accepted.
create index events_newest_with_error on public.events (last_error_class, received_at desc, id desc)
  where last_error_class is not null;
create index events_newest_of_company on public.events (company_id, received_at desc, id desc)
  where company_id is not null;
create index events_newest_tried_again on public.events (received_at desc, id desc, attempt_count)
  where attempt_count > 1;
create index events_newest_replayed on public.events (received_at desc, id desc) where replay_count > 0;
create index events_newest_not_signed on public.events (trust, received_at desc, id desc) where trust <> 'signed';
create index events_newest_of_source on public.events (source_id, received_at desc, id desc)
  where source_id is not null;
-- A privacy request goes through the events of its shop, whatever organisation they have.
create index events_of_shop on public.events (public.shop_in_headers(headers), id) where provider = 'shopify';
create index events_newest_of_customer on public.events (customer_id, received_at desc, id desc)
  where customer_id is not null;
create index events_newest_in_test_mode on public.events (received_at desc, id desc) where livemode = false;
create index events_with_terms on public.events using gin (terms);
create index events_of_object on public.events (object_id, received_at) where object_id is not null;
create index events_by_logical_key on public.events (logical_key, provider) where logical_key is not null;
create index events_with_bytes on public.events (body_sha256) where unsigned_key;
create index events_variants on public.events (variant_of) where variant_of is not null;
create index events_newest_with_conflicts on public.events (received_at desc, id desc) where conflict_count > 0;
create index events_newest_suspected on public.events (received_at desc, id desc) where suspected_replay;
-- Compared byte by byte, so that every key that begins with some text is together in it.
create index events_by_key on public.events (event_key text_pattern_ops);
-- Of what we published ourselves, the key is `<organisation>/<idempotency key>`; people know the second half.
create index events_by_idempotency_key on public.events
  ((substr(event_key, strpos(event_key, '/') + 1)) text_pattern_ops) where provider = 'platform';
-- Only ever asked for as a whole, and hashes of it are a third of its size.
create index events_by_request_id on public.events using hash (request_id);

alter table public.events enable row level security;

-- The received bytes, exactly: the record. Verify, forward and replay use them, and nothing changes them but a privacy
-- request. One row per event: store_events writes both, and deleting an event deletes it (delete_event_bodies). Apart,
-- so that lists never pass over bytes and a change of status never copies them. No foreign key: bytes may go before
-- their event. Ids rise with time, so a range of them is a time, and forgetting is to drop it. No DEFAULT partition:
-- the last one goes up to maxvalue, so an insert always finds one (202_body_partitions.sql).
create table public.event_bodies (
  event_id bigint primary key,
  raw_body bytea,
  -- Instead, of a large body that compression does not make smaller: trying took four times as long as storing it.
  dense_body bytea,
  check (num_nonnulls(raw_body, dense_body) = 1)
) partition by range (event_id);

-- The first partition has all there is until ensure_body_partitions gives it an end.
create table public.event_bodies_first partition of public.event_bodies for values from (minvalue) to (maxvalue);

alter table public.event_bodies alter column dense_body set storage external;
alter table public.event_bodies enable row level security;
alter table public.event_bodies_first enable row level security;

-- What makes an event a duplicate: narrow, so that it can outlive the events, which are partitioned by time one day.
create table public.event_keys (
  provider text not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  -- Per endpoint: what one tenant's sender says must never make another tenant's event a duplicate.
  source_id bigint references public.sources (id) on delete restrict,
  -- Which identity of the event: its event key is ''. Other bytes under the key have the hex of their fingerprint, and
  -- are events of their own.
  variant text not null default '',
  -- The event may be gone.
  event_id bigint not null,
  constraint event_keys_one_per_source_and_key unique nulls not distinct (provider, key_hash, source_id, variant)
);

alter table public.event_keys enable row level security;
