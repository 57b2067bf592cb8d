-- One event for one destination is a delivery: the unit of retry, dead-lettering and replay. One try is an attempt.
-- Written by accept_events (pending, held), claim_deliveries (claimed), record_attempts (delivered, retrying, held, dead),
-- hold_deliveries and release_deliveries (held, and back), and advance_replay (pending again). Every change of status is one conditional statement in one of these functions.

create table public.replays (
  id bigint generated always as identity primary key,
  kind public.replay_kind not null,
  status public.replay_status not null default 'draft',
  reason text not null check (char_length(reason) between 1 and 1000),
  -- Who asked: the name people read, and the id of the person or token.
  actor text not null,
  actor_id text not null,
  request_id text,
  -- The caller's own key: creating it again answers with this replay.
  idempotency_key text,
  -- As lib/contract/replay-options.ts checked them; every option is there.
  options jsonb not null,
  -- What was asked for, as it was asked. What runs is frozen in replay_items.
  selection jsonb not null,
  -- How many events the selection matched; more than the items' when a limit cut it.
  matched integer not null default 0,
  -- Whose events its items are, frozen with them; null when one of them has no organisation. Says who may see it.
  organisations text[],
  total integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  scheduled_at timestamptz not null default now(),
  -- No item is handed to claim before this: batches and rates.
  next_feed_at timestamptz not null default now(),
  -- Why it stopped by itself.
  stopped_because text,
  created_at timestamptz not null default now(),
  queued_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  -- The counts can never say more than there is.
  check (succeeded + failed + skipped <= total),
  check ((status in ('completed', 'stopped', 'cancelled')) = (completed_at is not null)),
  constraint replays_one_per_idempotency_key unique (actor_id, idempotency_key)
);

create index replays_newest_first on public.replays (created_at desc, id desc);
create index replays_not_ended on public.replays (id) where status in ('queued', 'running', 'paused');
create index replays_drafts on public.replays (created_at) where status = 'draft';
create index replays_queued_lately on public.replays (queued_at);

alter table public.replays enable row level security;

create table public.deliveries (
  id bigint generated always as identity primary key,
  event_id bigint not null references public.events (id) on delete cascade,
  destination_id bigint not null references public.destinations (id) on delete restrict,
  status public.delivery_status not null default 'pending',
  lane public.delivery_lane not null default 'live',
  -- Deliveries of one destination and key go strictly one after the other, oldest first. Null: it waits for nobody.
  ordering_key text,
  -- When it may be claimed next. Jitter is already in it.
  due_at timestamptz not null default now(),
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
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint deliveries_one_per_event_and_destination unique (event_id, destination_id),
  -- Exactly the claimed ones are leased, so a lease cannot be forgotten on any other.
  check ((status = 'claimed') = (lease_until is not null)),
  check ((status in ('delivered', 'dead', 'cancelled')) = (finished_at is not null))
);

create index deliveries_due on public.deliveries (destination_id, lane, due_at, id) where status in ('pending', 'retrying');
create index deliveries_leased on public.deliveries (lease_until) where status = 'claimed';
create index deliveries_in_flight on public.deliveries (destination_id) where status = 'claimed';
create index deliveries_dead on public.deliveries (finished_at desc, id desc) where status = 'dead';
create index deliveries_dead_of_destination on public.deliveries (destination_id) where status = 'dead';
create index deliveries_held on public.deliveries (destination_id, id) where status = 'held';
create index deliveries_in_order on public.deliveries (destination_id, ordering_key, id)
  where ordering_key is not null and status in ('pending', 'claimed', 'retrying', 'held');

alter table public.deliveries enable row level security;

-- What an event waits for at a destination, as the destination orders its deliveries.
create function public.ordering_key_of(d public.destinations, e public.events) returns text
language sql immutable set search_path = '' as $$
  select case (d).ordering
    when 'object' then coalesce((e).object_id, (e).event_key)
    when 'organisation' then coalesce((e).organisation_id, '')
    when 'all' then ''
  end;
$$;

-- What a new delivery waits for: pending ones are claimed, held ones are released in order when the destination is resumed or
-- enabled. While older ones are still held, newer ones queue behind them.
create function public.first_status(p_destination public.destinations) returns public.delivery_status
language plpgsql stable set search_path = '' as $$
begin
  if (p_destination).enabled and (p_destination).paused_at is null and not exists (
    select from public.deliveries d where d.destination_id = (p_destination).id and d.status = 'held'
  ) then
    return 'pending';
  end if;
  return 'held';
end
$$;

-- Rows are updated a few times and then rest: vacuum early, so that the partial indexes stay small.
alter table public.deliveries set (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);

create table public.attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references public.deliveries (id) on delete cascade,
  number integer not null,
  status public.attempt_status not null default 'open',
  fence bigint not null,
  worker text not null,
  replay_id bigint references public.replays (id) on delete set null,
  started_at timestamptz not null default now(),
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

-- The frozen selection of a replay, in the order it runs.
create table public.replay_items (
  replay_id bigint not null references public.replays (id) on delete cascade,
  position integer not null,
  event_id bigint not null references public.events (id) on delete cascade,
  delivery_id bigint not null references public.deliveries (id) on delete cascade,
  -- Whose event it is, for the limits per merchant.
  organisation_id text,
  -- Items of one key and destination run one after the other when the replay preserves order.
  ordering_key text not null,
  -- Set while the replay has handed the delivery to claim, with what the delivery was before.
  fed_at timestamptz,
  prior_status public.delivery_status,
  prior_finished_at timestamptz,
  -- Null until it ended. A skipped item says why, any other names the attempt that ended it.
  outcome public.replay_outcome,
  skip_reason public.skip_reason,
  attempt_id bigint references public.attempts (id) on delete set null,
  error_class public.error_class,
  detail text,
  finished_at timestamptz,
  primary key (replay_id, position),
  constraint replay_items_each_delivery_once unique (delivery_id, replay_id),
  check ((outcome is null) = (finished_at is null)),
  check ((outcome = 'skipped') = (skip_reason is not null))
);

create index replay_items_to_feed on public.replay_items (replay_id, position) where fed_at is null and outcome is null;
create index replay_items_in_progress on public.replay_items (replay_id, position)
  where fed_at is not null and outcome is null;
create index replay_items_by_key on public.replay_items (replay_id, ordering_key, position);
create index replay_items_of_event on public.replay_items (event_id);
create index replay_items_by_outcome on public.replay_items (replay_id, outcome, position) where outcome is not null;

alter table public.replay_items enable row level security;
