-- What happened in an incident, and what belongs to it. Written by the functions of chapter 7.

-- The timeline of an incident. Append only: a trigger refuses every change, whoever asks for it.
create table public.incident_log (
  id bigint generated always as identity primary key,
  incident_id bigint not null references public.incidents (id),
  kind public.incident_log_kind not null,
  -- What people read.
  message text not null check (char_length(message) between 1 and 4000),
  -- {before, after}, {added}, {replay_id}, {reconciliation_id}, {step, found}: by its kind.
  details jsonb not null default '{}',
  actor text not null,
  actor_id text not null,
  request_id text,
  at timestamptz not null default public.now_()
);

create index incident_log_of_incident on public.incident_log (incident_id, id);

alter table public.incident_log enable row level security;

-- How far the recovery is. A step can be repeated; what it found the last time is what it says.
create table public.incident_steps (
  incident_id bigint not null references public.incidents (id),
  step public.incident_step not null,
  status public.incident_step_status not null default 'pending',
  -- What it found or did, as figures: lib/contract/api/incidents.ts names them.
  found jsonb not null default '{}',
  -- Why it waits or stopped, in words.
  reason text check (char_length(reason) <= 1000),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (incident_id, step)
);

alter table public.incident_steps enable row level security;

-- The runs that an incident asked for. purpose: find before the repair, verify after it.
create table public.incident_runs (
  incident_id bigint not null references public.incidents (id),
  reconciliation_id bigint not null references public.reconciliations (id) on delete cascade,
  purpose text not null check (purpose in ('find', 'verify')),
  primary key (incident_id, reconciliation_id)
);

create index incident_runs_of_run on public.incident_runs (reconciliation_id);

alter table public.incident_runs enable row level security;

-- The replays of a recovery, one per stage: number 1 is the canary.
create table public.incident_stages (
  incident_id bigint not null references public.incidents (id),
  number integer not null,
  replay_id bigint not null references public.replays (id) on delete cascade,
  primary key (incident_id, number)
);

create index incident_stages_of_replay on public.incident_stages (replay_id);

alter table public.incident_stages enable row level security;

-- What a person asked an administrator to do, because it is not theirs to do.
create table public.incident_requests (
  id bigint generated always as identity primary key,
  incident_id bigint not null references public.incidents (id),
  action public.incident_request_action not null,
  -- The body of the call that it stands for.
  input jsonb not null,
  reason text not null check (char_length(reason) between 1 and 1000),
  actor text not null,
  actor_id text not null,
  requested_at timestamptz not null default public.now_(),
  is_approved boolean,
  decided_by text,
  decided_by_id text,
  decision text check (char_length(decision) <= 1000),
  decided_at timestamptz,
  check ((is_approved is null) = (decided_at is null) and (decided_by is null) = (decided_at is null))
);

create index incident_requests_of_incident on public.incident_requests (incident_id, id);
create index incident_requests_undecided on public.incident_requests (id) where decided_at is null;

alter table public.incident_requests enable row level security;

-- Notes of staff about an event, and who takes care of it. Those of an incident are in its log.
create table public.event_notes (
  id bigint generated always as identity primary key,
  event_id bigint not null,
  message text not null check (char_length(message) between 1 and 4000),
  actor text not null,
  actor_id text not null,
  request_id text,
  written_at timestamptz not null default public.now_()
);

create index event_notes_of_event on public.event_notes (event_id, id);

alter table public.event_notes enable row level security;

create table public.event_assignees (
  event_id bigint primary key,
  assignee text not null,
  assignee_id text not null,
  assigned_by text not null,
  assigned_at timestamptz not null default public.now_()
);

create index event_assignees_of_person on public.event_assignees (assignee_id, event_id);

alter table public.event_assignees enable row level security;
