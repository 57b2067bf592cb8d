-- What was asked of providers' APIs, and what was missing here. A source is a provider and the id of a row in sources;
-- null is the provider's default endpoint. Written by the functions of chapter 6.

-- Keys of providers' APIs that people entered; those of default sources may be in the environment instead.
create table public.api_credentials (
  id bigint generated always as identity primary key,
  provider text not null,
  source_id bigint references public.sources (id) on delete cascade,
  -- By name. Secret ones are encrypted: see lib/destinations/secrets.ts.
  fields jsonb not null,
  -- The last four characters of secret ones, by name.
  hints jsonb not null default '{}',
  -- When a request with it last worked, or why it did not.
  tested_at timestamptz,
  problem text check (char_length(problem) <= 500),
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint api_credentials_one_per_source unique nulls not distinct (provider, source_id)
);

alter table public.api_credentials enable row level security;

-- The schedule of a source, and how far it is known to be complete.
create table public.watches (
  id bigint generated always as identity primary key,
  provider text not null,
  source_id bigint references public.sources (id) on delete cascade,
  enabled boolean not null default true,
  every_seconds integer not null default 900 check (every_seconds between 60 and 86400),
  -- How far back its frequent run reads, and the one once a day.
  window_seconds integer not null default 3600 check (window_seconds between 60 and 2678400),
  daily_window_seconds integer not null default 259200 check (daily_window_seconds between 3600 and 2678400),
  -- What it finds is delivered without asking.
  back_fills boolean not null default false,
  next_run_at timestamptz not null default public.now_(),
  next_daily_run_at timestamptz not null default public.now_(),
  -- Up to here complete runs have read without a gap: where the run after a downtime begins.
  covered_until timestamptz,
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint watches_one_per_source unique nulls not distinct (provider, source_id)
);

create index watches_due on public.watches (next_run_at) where enabled;

alter table public.watches enable row level security;

-- A run: one comparison of one source with its provider's API over one span of time.
create table public.reconciliations (
  id bigint generated always as identity primary key,
  provider text not null,
  source_id bigint references public.sources (id) on delete cascade,
  -- Of the source; null is no one's in particular. Says who may see it.
  organisation_id text,
  company_id text,
  started_by public.reconciliation_trigger not null,
  status public.reconciliation_status not null default 'queued',
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  -- Only these event types; null is all.
  types text[],
  -- It finds, and repairs nothing.
  dry_run boolean not null default true,
  actor text not null,
  actor_id text not null,
  request_id text,
  -- Why it ended as it did, unless it is complete; while it waits, what for.
  reason text check (char_length(reason) <= 1000),
  -- The types that the provider was told to send, at the start; null is all, or not known.
  subscribed_types text[],
  -- What its client said about how the provider is set up, at the start: {problems: [{code, title, wayOut}], note?}.
  -- Null until it was asked.
  configuration jsonb,
  -- What the provider listed, and how much of it was here.
  listed integer not null default 0,
  received integer not null default 0,
  -- What the provider counts without listing it: {event_type: {provider, received}}.
  counted jsonb not null default '{}',
  -- The replay that delivers what it found.
  replay_id bigint references public.replays (id) on delete set null,
  -- When a run that repairs what it finds was handed to a back-fill, or it was decided that there is none: once. Until
  -- then a worker that is about to has it for a while.
  back_filled_at timestamptz,
  back_fill_lease_until timestamptz,
  -- Of a run that repairs: what the provider was asked to send again: {asked, asked_at, failed_after, checked_at,
  -- problem}. Null until it was asked.
  resent jsonb,
  resend_lease_until timestamptz,
  created_at timestamptz not null default public.now_(),
  started_at timestamptz,
  completed_at timestamptz,
  check (from_ts < to_ts),
  check ((status in ('completed', 'partial', 'failed', 'cancelled')) = (completed_at is not null))
);

create index reconciliations_newest_first on public.reconciliations (created_at desc, id desc);
create index reconciliations_of_source on public.reconciliations (provider, source_id, created_at desc);
create index reconciliations_to_back_fill on public.reconciliations (id) where not dry_run and back_filled_at is null;
create index reconciliations_of_replay on public.reconciliations (replay_id) where replay_id is not null;
create index reconciliations_by_age on public.reconciliations (completed_at) where completed_at is not null;
create index reconciliations_not_ended on public.reconciliations (id) where status in ('queued', 'running');

alter table public.reconciliations enable row level security;

-- The parts of a run, read side by side: a cursor each, which a killed process leaves to the next one.
create table public.reconciliation_windows (
  id bigint generated always as identity primary key,
  reconciliation_id bigint not null references public.reconciliations (id) on delete cascade,
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  status public.window_status not null default 'pending',
  -- Where its next page begins; null at its beginning.
  cursor jsonb,
  pages integer not null default 0,
  -- Failures in a row, the newest of them, and when the next try is due.
  failures integer not null default 0,
  problem text check (char_length(problem) <= 500),
  due_at timestamptz not null default public.now_(),
  -- Raised by every claim. A page with an older fence is refused.
  fence bigint not null default 0,
  worker text,
  lease_until timestamptz,
  check (from_ts < to_ts)
);

create index reconciliation_windows_of_run on public.reconciliation_windows (reconciliation_id, from_ts);
create index reconciliation_windows_due on public.reconciliation_windows (due_at) where status = 'pending';

alter table public.reconciliation_windows enable row level security;

-- What a run has read so far, as hashes, so that what the provider lists twice counts once. Deleted when the run ends.
create table public.reconciliation_entries (
  reconciliation_id bigint not null references public.reconciliations (id) on delete cascade,
  identity_hash bytea not null,
  primary key (reconciliation_id, identity_hash)
);

alter table public.reconciliation_entries enable row level security;

-- One discrepancy of a run.
create table public.findings (
  id bigint generated always as identity primary key,
  reconciliation_id bigint not null references public.reconciliations (id) on delete cascade,
  provider text not null,
  source_id bigint references public.sources (id) on delete cascade,
  organisation_id text,
  kind public.finding_kind not null,
  state public.finding_state not null default 'open',
  -- What runs have in common: the event key, or the logical key where the API lists objects.
  identity text not null check (octet_length(identity) between 1 and 1024),
  event_key text,
  logical_key text,
  event_type text not null,
  object_id text,
  occurred_at timestamptz not null,
  origin public.event_origin not null,
  -- The webhook as it would have come: what a back-fill stores. Null for what can only be named, and after a request of
  -- a person to be forgotten.
  body bytea,
  headers jsonb,
  -- Ours, where there is one.
  event_id bigint,
  rejection_id bigint references public.rejections (id) on delete set null,
  -- Of a drifted row: [{table, key, column, ours, provider}].
  difference jsonb,
  -- Why it cannot be brought back, or what is wrong, in words.
  detail text check (char_length(detail) <= 1000),
  replay_id bigint references public.replays (id) on delete set null,
  found_at timestamptz not null default public.now_(),
  -- When it was last looked for among late webhooks.
  checked_at timestamptz not null default public.now_(),
  closed_at timestamptz,
  constraint findings_once_per_run unique (reconciliation_id, kind, identity),
  check ((state in ('repaired', 'late')) = (closed_at is not null))
);

create index findings_open on public.findings (checked_at) where state in ('open', 'back_filling');
create index findings_open_of_source on public.findings (provider, source_id, kind, occurred_at)
  where state in ('open', 'back_filling');
create index findings_back_filling on public.findings (id) where state = 'back_filling';
create index findings_closed on public.findings (closed_at) where closed_at is not null;
-- Without them a replay or a rejection is deleted by reading all findings.
create index findings_of_replay on public.findings (replay_id) where replay_id is not null;
create index findings_of_rejection on public.findings (rejection_id) where rejection_id is not null;
create index findings_of_event on public.findings (event_id) where event_id is not null;

alter table public.findings enable row level security;
