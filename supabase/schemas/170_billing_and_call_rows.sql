-- The tables that `tables` destinations write; the first four have the names and columns the CloudGreet runbook uses.
-- Each row carries `versions`: per column, the version of the event that wrote it. apply_changes overwrites a column
-- only with a greater or equal version, so duplicates and late events cannot move a row backwards, whatever the order.

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
