-- An incident: an outage, what it affected, and its recovery until nothing is missing. Written by the functions of
-- chapter 7, which keep its counts and its log.

create table public.incidents (
  id bigint generated always as identity primary key,
  title text not null check (char_length(title) between 1 and 200),
  -- What happened, in the words of who opened it.
  cause text not null check (char_length(cause) between 1 and 2000),
  severity public.incident_severity not null,
  state public.incident_state not null default 'open',
  opened_by public.incident_opener not null,
  actor text not null,
  actor_id text not null,
  request_id text,
  -- Who takes care of it.
  owner text,
  owner_id text,
  -- The window of the outage. What is asked of providers is this span.
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  -- What was asked for: a selection as replays have it, or {reconciliation_id}, {destination_id}, {group}.
  selection jsonb not null,
  -- Whose events its items are, frozen with them; null when one of them has no organisation. Says who may see it.
  organisations text[],
  -- Whose events who opened it may see: what it may grow to. Null is all.
  scope text[],
  -- Counted by the trigger of incident_items.
  total integer not null default 0,
  affected integer not null default 0,
  recovered integer not null default 0,
  verified integer not null default 0,
  still_missing integer not null default 0,
  unrecoverable integer not null default 0,
  -- Of the unrecoverable ones, those that an administrator accepted.
  accepted integer not null default 0,
  -- How the recovery goes: {reason, options, until, by, …} as recover_incident takes it. Null until it is asked for.
  recovery jsonb,
  -- A worker has it until then.
  lease_until timestamptz,
  due_at timestamptz not null default public.now_(),
  opened_at timestamptz not null default public.now_(),
  -- When its owner took it: the clock of its severity stops.
  responded_at timestamptz,
  recovering_at timestamptz,
  verifying_at timestamptz,
  -- When a verification last read everything it had to.
  verified_at timestamptz,
  closed_at timestamptz,
  -- A person, or null when it closed itself.
  closed_by text,
  reopened_at timestamptz,
  check (from_ts < to_ts),
  constraint incidents_counts_add_up
    check (total = affected + recovered + verified + still_missing + unrecoverable and accepted <= unrecoverable),
  constraint incidents_close_at_zero check (
    state not in ('closed', 'closed_with_exceptions') or affected = 0 and recovered = 0 and still_missing = 0
  ),
  constraint incidents_exceptions_are_accepted check (
    state <> 'closed' or unrecoverable = 0
  ),
  constraint incidents_exceptions_have_names check (
    state <> 'closed_with_exceptions' or unrecoverable > 0 and accepted = unrecoverable
  ),
  constraint incidents_close_after_verification check (
    state not in ('closed', 'closed_with_exceptions') or verified_at is not null and closed_at >= verified_at
  ),
  constraint incidents_times_in_order check (
    coalesce(recovering_at >= opened_at, true) and coalesce(verifying_at >= recovering_at, true)
    and coalesce(closed_at >= opened_at, true) and coalesce(reopened_at >= opened_at, true)
  ),
  check ((state in ('closed', 'closed_with_exceptions')) = (closed_at is not null))
);

create index incidents_newest_first on public.incidents (opened_at desc, id desc);
create index incidents_not_closed on public.incidents (due_at) where state not in ('closed', 'closed_with_exceptions');

alter table public.incidents enable row level security;

-- What an incident is about, one row per event, also of events that never came. Never deleted.
create table public.incident_items (
  incident_id bigint not null references public.incidents (id),
  position integer not null,
  provider text not null,
  source_id bigint references public.sources (id) on delete set null,
  -- The event key, or the logical key where the API lists objects.
  identity text not null check (octet_length(identity) between 1 and 1024),
  event_type text not null,
  -- Ours, once it is here. No foreign key: events will be partitioned by time.
  event_id bigint,
  -- The finding that named it.
  finding_id bigint references public.findings (id) on delete set null,
  object_id text,
  organisation_id text,
  customer_id text,
  occurred_at timestamptz,
  amount bigint,
  currency text,
  cause public.incident_cause not null,
  state public.incident_item_state not null default 'affected',
  -- Of what is still missing or cannot be brought back: why, in words.
  reason text check (char_length(reason) <= 1000),
  -- The administrator who accepted that it cannot be brought back.
  accepted_by text,
  accepted_by_id text,
  accepted_at timestamptz,
  -- The newest replay that it was part of.
  replay_id bigint references public.replays (id) on delete set null,
  -- What the verification saw in the target: [{delivery_id, destination, kind: rows | endpoint, attempt_id, at}].
  proof jsonb,
  changed_at timestamptz not null default public.now_(),
  primary key (incident_id, position),
  constraint incident_items_each_once unique nulls not distinct (incident_id, provider, source_id, identity),
  constraint incident_items_verified_with_proof check (
    state <> 'verified' or proof is not null and event_id is not null
  ),
  constraint incident_items_exceptions_with_reason check (state <> 'unrecoverable' or reason is not null),
  constraint incident_items_accepted_by_name check (
    (accepted_by is null) = (accepted_at is null) and (accepted_by is null or state = 'unrecoverable')
  )
);

create index incident_items_by_state on public.incident_items (incident_id, state, position);
create index incident_items_of_finding on public.incident_items (finding_id) where finding_id is not null;
create index incident_items_of_replay on public.incident_items (replay_id) where replay_id is not null;
create index incident_items_of_event on public.incident_items (event_id) where event_id is not null;

alter table public.incident_items enable row level security;
