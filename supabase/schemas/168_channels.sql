-- Whom alerts, replays and reports are told, and each time that somebody was. Sent by lib/notifications.

create table public.channels (
  id bigint generated always as identity primary key,
  kind public.channel_kind not null,
  name text not null check (char_length(name) between 1 and 120),
  -- By its kind, without secrets: {to: [address]} of e-mail, {channel} of Slack with a bot, {url_host} of the others.
  settings jsonb not null default '{}',
  -- Encrypted, by name, each for this row alone: lib/notifications/settings.ts. Hints are how they end.
  secrets jsonb not null default '{}',
  hints jsonb not null default '{}',
  -- What it is told, unless a rule names its channels.
  severities public.incident_severity[] not null default '{P0,P1,P2,P3}',
  -- Only alerts of these organisations; null is all.
  organisations text[] check (public.valid_scope(organisations)),
  -- Also ends of replays that ask for it; alerts always.
  tells_replays boolean not null default false,
  enabled boolean not null default true,
  version integer not null default 1,
  last_sent_at timestamptz,
  last_failed_at timestamptz,
  -- Failures since the last success, and the newest of them in words.
  failures integer not null default 0,
  problem text check (char_length(problem) <= 500),
  archived_at timestamptz,
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

alter table public.channels enable row level security;

-- Whom a rule tells. Without a row: every channel that takes its severity.
create table public.alert_rule_channels (
  rule_id bigint not null references public.alert_rules (id) on delete cascade,
  channel_id bigint not null references public.channels (id) on delete cascade,
  primary key (rule_id, channel_id)
);

create index alert_rule_channels_of_channel on public.alert_rule_channels (channel_id);

alter table public.alert_rule_channels enable row level security;

-- What a person wants to be told, by mail and in the console.
create table public.notification_preferences (
  staff_id uuid primary key references public.staff_users (id) on delete cascade,
  mail_severities public.incident_severity[] not null default '{}',
  console_severities public.incident_severity[] not null default '{P0,P1}',
  -- Ends of replays that asked for it, and the report of each week.
  mails_replays boolean not null default false,
  mails_report boolean not null default false,
  updated_at timestamptz not null default public.now_()
);

alter table public.notification_preferences enable row level security;

-- One thing to tell to one channel or person: written with what it is about, sent at least once.
create table public.notifications (
  id bigint generated always as identity primary key,
  channel_id bigint references public.channels (id) on delete cascade,
  staff_id uuid references public.staff_users (id) on delete cascade,
  kind public.notification_kind not null,
  alert_id bigint references public.alerts (id) on delete cascade,
  replay_id bigint references public.replays (id) on delete cascade,
  -- Of repeated ones, which; of a report, its week; of a test, its time. Of the others 0.
  number bigint not null default 0,
  -- Those of one channel with the same group are one message.
  group_key text not null,
  -- Of a test or a report: what it says. The others are made from their rows when they are sent.
  content jsonb,
  status public.notification_status not null default 'pending',
  due_at timestamptz not null default public.now_(),
  attempts integer not null default 0,
  -- Raised by every claim: an outcome with an older one is refused.
  fence bigint not null default 0,
  lease_until timestamptz,
  -- What the channel answered, such as "accepted by Slack (200)"; or why it was skipped or failed.
  outcome text check (char_length(outcome) <= 500),
  -- The channel's id of the message, with which it is updated.
  remote_id text check (char_length(remote_id) <= 200),
  created_at timestamptz not null default public.now_(),
  ended_at timestamptz,
  constraint notifications_to_one check ((channel_id is null) <> (staff_id is null)),
  constraint notifications_each_once unique nulls not distinct (
    channel_id, staff_id, kind, alert_id, replay_id, number
  ),
  check ((status = 'pending') = (ended_at is null))
);

create index notifications_due on public.notifications (due_at) where status = 'pending';
create index notifications_of_group on public.notifications (group_key, due_at);
create index notifications_of_alert on public.notifications (alert_id, id);
create index notifications_of_replay on public.notifications (replay_id) where replay_id is not null;
create index notifications_of_channel on public.notifications (channel_id, id desc);
create index notifications_of_person on public.notifications (staff_id, id desc);
create index notifications_by_age on public.notifications (ended_at) where ended_at is not null;

alter table public.notifications enable row level security;
