-- A replay is what a user asked to run again, with a reason. Written by the functions of the replay chapter.

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
  -- How many more events would have run, and were left by its limit.
  remaining integer not null default 0,
  -- Whose events its items are, frozen with them; null when one of them has no organisation. Says who may see it.
  organisations text[],
  total integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  scheduled_at timestamptz not null default public.now_(),
  -- No item is handed to claim before this: batches and rates.
  next_feed_at timestamptz not null default public.now_(),
  -- Why it stopped by itself.
  stopped_because text,
  created_at timestamptz not null default public.now_(),
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
