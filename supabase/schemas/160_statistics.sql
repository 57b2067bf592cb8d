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
  -- dead. Of events, in the minute they were received and as they are now: succeeded, lost (note_event_outcomes).
  outcome text not null check (outcome in (
    'received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead', 'succeeded', 'lost'
  )),
  -- Processes write to different rows of one minute, so that they do not wait for one another.
  shard smallint not null,
  count bigint not null,
  -- Of delivery attempts, how many took how long: one count per bucket of latency_bounds(), and one for longer. Null
  -- for all else.
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
    'received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead', 'succeeded', 'lost'
  )),
  shard smallint not null,
  count bigint not null,
  primary key (organisation_id, hour, provider, event_type, outcome, shard)
) with (fillfactor = 50);

alter table public.statistics_hours enable row level security;
