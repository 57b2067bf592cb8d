-- Alerts: rule → series → alert → notification, all of it rows, so that any number of processes agree and a restart
-- changes nothing. Written by the functions from 750 on, which the worker calls (lib/alerts).

-- What is watched, and from when on it is wrong. A first set is there from the start (add_first_rules).
create table public.alert_rules (
  id bigint generated always as identity primary key,
  -- The name of a rule of the first set; null for those that people made.
  slug text,
  kind public.alert_kind not null,
  name text not null check (char_length(name) between 1 and 120),
  -- Only this; null is all.
  provider text,
  event_type text,
  organisation_id text,
  destination_id bigint references public.destinations (id) on delete cascade,
  -- By its kind: {threshold, window_minutes, at_least}, as lib/contract/api/alerts.ts declares it.
  settings jsonb not null,
  -- So many bad evaluations in a row fire it; so long it must be well before it resolves.
  bad_evaluations integer not null default 1 check (bad_evaluations between 1 and 60),
  hold_seconds integer not null default 300 check (hold_seconds between 0 and 86400),
  repeat_seconds integer not null default 14400 check (repeat_seconds between 300 and 604800),
  severity public.incident_severity not null,
  enabled boolean not null default true,
  -- Raised by every change: a change made on an older version is refused.
  version integer not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint alert_rules_one_per_slug unique (slug)
);

create index alert_rules_of_destination on public.alert_rules (destination_id) where destination_id is not null;

alter table public.alert_rules enable row level security;

-- A rule and what it watches: one per provider, type, organisation or destination that is expected.
create table public.alert_series (
  id bigint generated always as identity primary key,
  rule_id bigint not null references public.alert_rules (id) on delete cascade,
  provider text,
  event_type text,
  organisation_id text,
  destination_id bigint references public.destinations (id) on delete cascade,
  state public.alert_state not null default 'ok',
  since timestamptz not null default public.now_(),
  -- Bad evaluations in a row, and since when a firing one is well.
  bad integer not null default 0,
  well_since timestamptz,
  -- What the last evaluation saw: {value, observed, expected, threshold, window_minutes, text}.
  value numeric,
  explain jsonb not null default '{}',
  -- The open alert while it fires.
  alert_id bigint,
  -- A run asks the provider first: until it ends, or this time, nothing is sent.
  asking_run_id bigint,
  asking_until timestamptz,
  evaluated_at timestamptz,
  evaluate_after timestamptz not null default public.now_(),
  -- Why its evaluation failed: it is postponed, and the others go on.
  problem text check (char_length(problem) <= 500),
  constraint alert_series_each_once unique nulls not distinct (
    rule_id, provider, event_type, organisation_id, destination_id
  ),
  check ((state = 'firing') = (alert_id is not null))
);

create index alert_series_due on public.alert_series (evaluate_after);
create index alert_series_of_destination on public.alert_series (destination_id) where destination_id is not null;

alter table public.alert_series enable row level security;

-- One time that a series fired, until it was well again. Never changed after that but by people's notes.
create table public.alerts (
  id bigint generated always as identity primary key,
  rule_id bigint not null references public.alert_rules (id) on delete cascade,
  series_id bigint references public.alert_series (id) on delete set null,
  kind public.alert_kind not null,
  severity public.incident_severity not null,
  provider text,
  event_type text,
  organisation_id text,
  -- No foreign key: an alert outlives its destination, with the name in its summary.
  destination_id bigint,
  -- One sentence for people.
  summary text not null check (char_length(summary) between 1 and 500),
  -- As the series had it when it fired.
  explain jsonb not null,
  fired_at timestamptz not null default public.now_(),
  resolved_at timestamptz,
  -- Why nothing is sent about it: a silence, an inhibition, a paused source. Null when it is told.
  suppressed_because text check (char_length(suppressed_because) <= 200),
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_by_id text,
  note text check (char_length(note) <= 2000),
  assignee text,
  assignee_id text,
  incident_id bigint references public.incidents (id) on delete set null,
  constraint alerts_acknowledged_by_name check ((acknowledged_at is null) = (acknowledged_by is null))
);

create unique index alerts_one_open_per_series on public.alerts (series_id) where resolved_at is null;
create index alerts_firing on public.alerts (severity, fired_at) where resolved_at is null;
create index alerts_newest_first on public.alerts (fired_at desc, id desc);
create index alerts_of_rule on public.alerts (rule_id, fired_at desc);
create index alerts_of_series on public.alerts (series_id);
create index alerts_of_incident on public.alerts (incident_id) where incident_id is not null;

alter table public.alerts enable row level security;

-- What is not told for a while, by whom and why. A null matches all.
create table public.alert_silences (
  id bigint generated always as identity primary key,
  rule_id bigint references public.alert_rules (id) on delete cascade,
  kind public.alert_kind,
  provider text,
  event_type text,
  organisation_id text,
  destination_id bigint references public.destinations (id) on delete cascade,
  reason text not null check (char_length(reason) between 1 and 1000),
  actor text not null,
  actor_id text not null,
  -- Whose alerts its maker may see: it silences those alone. Null is all.
  scope text[],
  begins_at timestamptz not null default public.now_(),
  ends_at timestamptz not null,
  ended_by text,
  created_at timestamptz not null default public.now_(),
  check (begins_at <= ends_at)
);

create index alert_silences_by_end on public.alert_silences (ends_at);
create index alert_silences_of_rule on public.alert_silences (rule_id) where rule_id is not null;
create index alert_silences_of_destination on public.alert_silences (destination_id) where destination_id is not null;

alter table public.alert_silences enable row level security;

-- How often events of a series arrive: learnt from six weeks of hours (770_learn_arrivals.sql).
create table public.arrival_habits (
  organisation_id text not null default '',
  provider text not null,
  event_type text not null,
  -- Events per hour, by hour of the week in UTC: 168 of them, Monday 00:00 first.
  rates numeric[] not null check (cardinality(rates) = 168),
  per_day numeric not null,
  -- How much more than by chance they vary: k of the design; null is by chance (Poisson).
  spread numeric check (spread >= 3),
  -- Expected events without one that are too many to be chance.
  threshold numeric not null,
  days integer not null,
  learnt_at timestamptz not null default public.now_(),
  primary key (organisation_id, provider, event_type)
);

alter table public.arrival_habits enable row level security;

-- Who works, and when it was last heard of: workers, the evaluation of alerts, and the learning of habits.
create table public.heartbeats (
  name text primary key check (length(name) <= 200),
  kind text not null check (kind in ('worker', 'evaluation', 'learning')),
  version text,
  started_at timestamptz not null default public.now_(),
  at timestamptz not null default public.now_(),
  -- Of the evaluation: how many series it looked at, and how long that took.
  details jsonb not null default '{}'
) with (fillfactor = 50);

alter table public.heartbeats enable row level security;
