-- The tables that `tables` destinations write; businesses, audit_logs, call_logs and sms_logs have the names and
-- columns the CloudGreet runbook uses. Each row carries `versions`: per column, the version of the event that wrote it.
-- apply_changes overwrites a column only with a greater or equal version, so duplicates and late events cannot move a
-- row backwards, whatever the order.

-- Stripe's subscriptions, each on its own: a customer may have an old one that ends and a new one that is paid.
create table public.subscriptions (
  id bigint generated always as identity primary key,
  subscription_id text not null unique,
  stripe_customer_id text not null,
  status text,
  plan text,
  started_at timestamptz,
  ended_at timestamptz,
  -- Its newest states, so that those of one second can be put in order whatever order they come in: see
  -- subscription_state.
  history jsonb not null default '[]',
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

create index subscriptions_of_customer on public.subscriptions (stripe_customer_id);

alter table public.subscriptions enable row level security;

-- What a customer has now. The columns about the subscription are derived from `subscriptions`: see derive_business.

create table public.businesses (
  id bigint generated always as identity primary key,
  stripe_customer_id text not null unique,
  stripe_subscription_id text,
  subscription_status text,
  subscription_plan text,
  subscription_start_date timestamptz,
  subscription_ended_at timestamptz,
  last_payment_date timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

alter table public.businesses enable row level security;

create table public.audit_logs (
  id bigint generated always as identity primary key,
  -- The event that is logged, so that a replay logs it once.
  source_event text not null unique,
  action text not null,
  details jsonb not null,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

alter table public.audit_logs enable row level security;

create table public.call_logs (
  id bigint generated always as identity primary key,
  call_id text not null unique,
  business_id text,
  customer_phone text,
  business_phone text,
  call_type text check (call_type in ('inbound', 'outbound')),
  status text,
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  hangup_cause text,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

alter table public.call_logs enable row level security;

create table public.sms_logs (
  id bigint generated always as identity primary key,
  message_id text not null unique,
  business_id text,
  customer_phone text,
  business_phone text,
  message_type text check (message_type in ('inbound', 'outbound')),
  content text,
  status text,
  received_at timestamptz,
  sent_at timestamptz,
  finalized_at timestamptz,
  error text,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_()
);

alter table public.sms_logs enable row level security;

-- Whom a message went to, and what became of it for each of them: a group message has several.
create table public.sms_log_recipients (
  id bigint generated always as identity primary key,
  message_id text not null,
  -- Their number, or the id of an agent of RCS.
  recipient text not null,
  status text,
  carrier text,
  error text,
  finalized_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint sms_log_recipients_one_per_message unique (message_id, recipient)
);

alter table public.sms_log_recipients enable row level security;
