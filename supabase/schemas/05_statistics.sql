-- Counts per minute and per hour, provider, event type and outcome, written in the same transaction as what they count, so
-- that no page ever counts events. Read by read_analytics and list_sources.

create table public.statistics (
  minute timestamptz not null,
  provider text not null,
  event_type text not null,
  -- received, duplicate, conflict, rejected, delivered, failed (will be retried), dead.
  outcome text not null check (
    outcome in ('received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead')
  ),
  -- Processes write to different rows of one minute, so that they do not wait for one another.
  shard smallint not null,
  count bigint not null,
  -- Summed attempt duration, for averages.
  duration_ms bigint not null default 0,
  primary key (minute, provider, event_type, outcome, shard)
);

alter table public.statistics enable row level security;

-- The same per hour, in UTC: a month is 720 of them, and 43,200 minutes.
create table public.statistics_hours (
  hour timestamptz not null,
  provider text not null,
  event_type text not null,
  outcome text not null check (
    outcome in ('received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead')
  ),
  shard smallint not null,
  count bigint not null,
  primary key (hour, provider, event_type, outcome, shard)
) with (fillfactor = 50);

alter table public.statistics_hours enable row level security;

-- Adds to the buckets of this minute and hour. p_counts: [{provider, event_type, outcome, count, duration_ms}], any order.
create function public.add_statistics(p_counts jsonb) returns void
language sql volatile set search_path = '' as $$
  insert into public.statistics as s (minute, provider, event_type, outcome, shard, count, duration_ms)
  select date_trunc('minute', now()), c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint, sum(c.count),
    coalesce(sum(c.duration_ms), 0)
  from jsonb_to_recordset(p_counts) as c(provider text, event_type text, outcome text, count bigint, duration_ms bigint)
  group by c.provider, c.event_type, c.outcome
  -- Sorted: two transactions that share rows lock them in the same order.
  order by c.provider, c.event_type, c.outcome
  on conflict (minute, provider, event_type, outcome, shard) do update
    set count = s.count + excluded.count, duration_ms = s.duration_ms + excluded.duration_ms;

  insert into public.statistics_hours as h (hour, provider, event_type, outcome, shard, count)
  select date_trunc('hour', now(), 'UTC'), c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint,
    sum(c.count)
  from jsonb_to_recordset(p_counts) as c(provider text, event_type text, outcome text, count bigint)
  group by c.provider, c.event_type, c.outcome
  order by c.provider, c.event_type, c.outcome
  on conflict (hour, provider, event_type, outcome, shard) do update set count = h.count + excluded.count;
$$;
