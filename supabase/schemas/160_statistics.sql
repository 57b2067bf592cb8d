-- Counts per minute and per hour, organisation, provider, event type and outcome, written in the same transaction as
-- what they count, so that no page ever counts events. Read by read_analytics and list_sources.
-- Everything is counted twice: under its organisation, and under '', which is all organisations together and what has
-- none. So what is read for all costs the same with one organisation and with ten thousand.

create table public.statistics (
  organisation_id text not null default '',
  minute timestamptz not null,
  provider text not null,
  event_type text not null,
  -- Of requests: received, duplicate, conflict, rejected. Of delivery attempts: delivered, failed (will be retried),
  -- dead. Of events, in the minute they were received and as they are now: succeeded, lost (note_event_outcomes). Of
  -- events, in the minute in which all their deliveries had succeeded for the first time: applied.
  outcome text not null check (outcome in (
    'received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead', 'succeeded', 'lost', 'applied'
  )),
  -- Processes write to different rows of one minute, so that they do not wait for one another.
  shard smallint not null,
  count bigint not null,
  -- Of delivery attempts, how many took how long: one count per bucket of latency_bounds(), and one for longer. Of
  -- applied events the time since they were received, in the buckets of applied_bounds(). Null for all else.
  latency integer[],
  primary key (organisation_id, minute, provider, event_type, outcome, shard)
);

alter table public.statistics enable row level security;

-- The same per hour, in UTC: a month is 720 of them, and 43,200 minutes.
create table public.statistics_hours (
  organisation_id text not null default '',
  hour timestamptz not null,
  provider text not null,
  event_type text not null,
  outcome text not null check (outcome in (
    'received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead', 'succeeded', 'lost', 'applied'
  )),
  shard smallint not null,
  count bigint not null,
  -- Of applied events, as in statistics, and the sum of it.
  latency integer[],
  duration_ms bigint not null default 0,
  primary key (organisation_id, hour, provider, event_type, outcome, shard)
) with (fillfactor = 50);

alter table public.statistics_hours enable row level security;

-- Requests: sums of statistics_hours up to an hour that no longer changes, so that a counter since the beginning costs
-- the same after a year. read_metrics adds the hours since, and moves the hour on.
create table public.metric_totals (
  provider text not null,
  outcome text not null,
  until timestamptz not null,
  count bigint not null,
  primary key (provider, outcome)
) with (fillfactor = 50);

alter table public.metric_totals enable row level security;

-- Counters that only rise, for read_metrics: a few rows, whatever was counted. Of events, the label is their provider,
-- of deliveries the kind of their destination, of notifications that of their channel.
create table public.metric_counters (
  metric text not null check (metric in ('event', 'delivery', 'replay_item', 'notification')),
  label text not null default '',
  outcome text not null,
  error_class text not null default '',
  -- As in statistics: transactions that count at the same time write to different rows.
  shard smallint not null,
  count bigint not null,
  -- The sum of what was measured, and how it spreads: null where nothing is measured.
  duration_ms bigint not null default 0,
  latency bigint[],
  primary key (metric, label, outcome, error_class, shard)
) with (fillfactor = 50);

alter table public.metric_counters enable row level security;
