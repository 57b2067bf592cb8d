-- One event for one destination is a delivery: the unit of retry, dead-lettering and replay. One try is an attempt.
-- Written by accept_events (pending, held), claim_deliveries (claimed), record_attempts (delivered, retrying, held,
-- dead), hold_deliveries and release_deliveries (held, and back), and advance_replay (pending again). Every change of
-- status is one conditional statement in one of these functions.

create table public.deliveries (
  id bigint generated always as identity primary key,
  event_id bigint not null,
  destination_id bigint not null references public.destinations (id) on delete restrict,
  status public.delivery_status not null default 'pending',
  lane public.delivery_lane not null default 'live',
  -- Deliveries of one destination and key go strictly one after the other, oldest first. Null: it waits for no other.
  ordering_key text,
  -- When it may be claimed next. Jitter is already in it.
  due_at timestamptz not null default public.now_(),
  -- Attempts ever, the number of the newest attempt.
  attempt_count integer not null default 0,
  -- Attempts since it was last made pending: compared with the destination's max_attempts.
  tries integer not null default 0,
  -- Raised by every claim. A result with an older fence is refused.
  fence bigint not null default 0,
  lease_until timestamptz,
  worker text,
  last_error_class public.error_class,
  last_error text,
  last_http_status integer,
  -- The replay that made it pending last.
  replay_id bigint references public.replays (id) on delete set null,
  created_at timestamptz not null default public.now_(),
  finished_at timestamptz,
  -- Stored, because grouping 100,000 messages would cost seconds: it is made once, when a delivery fails.
  error_group text generated always as (
    case when last_error_class is not null or last_error is not null then
      public.error_group_of(last_error_class, last_http_status, last_error)
    end
  ) stored,
  constraint deliveries_one_per_event_and_destination unique (event_id, destination_id),
  -- Exactly the claimed ones are leased, so a lease cannot be forgotten on any other.
  check ((status = 'claimed') = (lease_until is not null)),
  check ((status in ('delivered', 'dead', 'cancelled')) = (finished_at is not null))
-- Rows are updated a few times and then rest: vacuum early, so that the partial indexes stay small.
) with (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);

create index deliveries_due on public.deliveries (destination_id, lane, due_at, id)
  where status in ('pending', 'retrying');
create index deliveries_leased on public.deliveries (lease_until) where status = 'claimed';
create index deliveries_in_flight on public.deliveries (destination_id) where status = 'claimed';
create index deliveries_dead on public.deliveries (finished_at desc, id desc) where status = 'dead';
-- What ended lately, for the views of the runbooks.
create index deliveries_ended on public.deliveries (finished_at desc, id desc) where status in ('delivered', 'dead');
create index deliveries_dead_of_destination on public.deliveries (destination_id) where status = 'dead';
create index deliveries_held on public.deliveries (destination_id, id) where status = 'held';
create index deliveries_in_order on public.deliveries (destination_id, ordering_key, id)
  where ordering_key is not null and status in ('pending', 'claimed', 'retrying', 'held');
-- The newest deliveries of one destination, for its page.
create index deliveries_newest_of_destination on public.deliveries (destination_id, id desc);
-- Groups are counted from it alone, and a group is listed and replayed by it.
create index deliveries_dead_by_cause on public.deliveries (error_group, destination_id, finished_at desc, event_id)
  where status = 'dead';
-- Which failed deliveries answered 503? Rare statuses are found without reading everything.
create index deliveries_by_http_status on public.deliveries (last_http_status, event_id) where last_http_status >= 300;

alter table public.deliveries enable row level security;

create table public.attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  number integer not null,
  status public.attempt_status not null default 'open',
  fence bigint not null,
  worker text not null,
  replay_id bigint references public.replays (id) on delete set null,
  started_at timestamptz not null default public.now_(),
  finished_at timestamptz,
  duration_ms integer,
  http_status integer,
  error_class public.error_class,
  error text,
  response_headers jsonb,
  response_body bytea check (octet_length(response_body) <= 16384),
  response_truncated boolean not null default false,
  retry_at timestamptz,
  -- What a `tables` delivery did: [{table, key, effect, before, after}].
  changes jsonb not null default '[]',
  constraint attempts_numbered_per_delivery unique (delivery_id, number),
  check ((status = 'open') = (finished_at is null))
);

alter table public.attempts enable row level security;
