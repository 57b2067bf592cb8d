-- How destinations fare, as rows: a restart changes nothing. Written by record_attempts (note_health) and
-- claim_deliveries, in the transaction of the attempts they are about; read by claim_deliveries (capacity_of) and
-- read_health.

create table public.destination_health (
  destination_id bigint primary key references public.destinations (id) on delete cascade,
  -- Since its last success.
  consecutive_failures integer not null default 0,
  failing_since timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error_class public.error_class,
  last_error text,
  -- The administrators were notified that it is failing and will be disabled.
  warned_at timestamptz,
  -- It is to be disabled: nothing is claimed for it any more, and maintain_destinations does the rest.
  disable_because text,
  breaker public.breaker_state not null default 'closed',
  opened_at timestamptz,
  -- When an open circuit lets one delivery try.
  probe_at timestamptz,
  -- The delivery that is out to try.
  probe_delivery_id bigint,
  -- How often in a row it opened: each time it waits twice as long.
  trips integer not null default 0,
  -- At most this many at a time while it comes back; null: as many as it may have.
  ramp integer check (ramp > 0),
  throttled_until timestamptz,
  -- When the token bucket of its rate was, or will be, empty. What it has saved up since then may be sent at once.
  rate_used_until timestamptz,
  -- The longest attempt of the newest batch: who keeps deliveries waiting shares the slots for that, see pace_of.
  recent_max_ms integer,
  check ((breaker = 'closed') = (opened_at is null))
) with (fillfactor = 50);

alter table public.destination_health enable row level security;

-- Attempts that reported a result, per destination and minute (kept for an hour), and per hour.
create table public.destination_statistics (
  destination_id bigint not null references public.destinations (id) on delete cascade,
  span text not null check (span in ('minute', 'hour')),
  at timestamptz not null,
  succeeded integer not null default 0,
  failed integer not null default 0,
  -- What the breaker decides by: attempts that say something about the endpoint, and those that count against it.
  counted integer not null default 0,
  against integer not null default 0,
  -- How many attempts took how long: one count per bucket of latency_bounds(), and one for longer.
  latency integer[] not null,
  primary key (destination_id, span, at)
) with (fillfactor = 50);

alter table public.destination_statistics enable row level security;
