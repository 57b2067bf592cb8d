-- What a replay runs. Written by create_replay, advance_replay, settle_deliveries, unfeed_items and end_replay.

-- The frozen selection of a replay, in the order it runs.
create table public.replay_items (
  replay_id bigint not null references public.replays (id) on delete cascade,
  position integer not null,
  event_id bigint not null,
  delivery_id bigint not null,
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
  attempt_id bigint,
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
