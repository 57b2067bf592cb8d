-- The tables that `tables` destinations write; the first four have the names and columns the CloudGreet runbook uses. Each
-- row carries `versions`: per column, the version of the event that wrote it. apply_changes overwrites a column only with a
-- greater or equal version, so duplicates and late events cannot move a row backwards, whatever the order.

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
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

alter table public.businesses enable row level security;

create table public.audit_logs (
  id bigint generated always as identity primary key,
  -- The event that is logged, so that a replay logs it once.
  source_event text not null unique,
  action text not null,
  details jsonb not null,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
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
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
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
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

alter table public.sms_logs enable row level security;

-- Campaigns by e-mail (Smartlead) and on LinkedIn (HeyReach). Ids are the provider's own, so the provider and the
-- organisation of the source belong to every key.
create table public.campaigns (
  id bigint generated always as identity primary key,
  provider text not null,
  organisation_id text not null default '',
  campaign_id text not null,
  name text,
  status text,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_one_per_provider_and_organisation unique (provider, organisation_id, campaign_id)
);

alter table public.campaigns enable row level security;

-- Who is written to, per campaign: a lead may have answered in one and bounced in another.
create table public.leads (
  id bigint generated always as identity primary key,
  provider text not null,
  organisation_id text not null default '',
  campaign_id text not null default '',
  lead_id text not null,
  email text,
  first_name text,
  last_name text,
  company_name text,
  profile_url text,
  status text,
  category text,
  tags jsonb,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint leads_one_per_campaign unique (provider, organisation_id, campaign_id, lead_id)
);

alter table public.leads enable row level security;

create table public.messages (
  id bigint generated always as identity primary key,
  provider text not null,
  organisation_id text not null default '',
  message_id text not null,
  campaign_id text,
  lead_id text,
  direction text check (direction in ('inbound', 'outbound')),
  status text,
  subject text,
  body text,
  sequence_number text,
  sent_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  replied_at timestamptz,
  bounced_at timestamptz,
  received_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint messages_one_per_provider_and_organisation unique (provider, organisation_id, message_id)
);

alter table public.messages enable row level security;

-- Who a text message went to, and what became of it. The shop is part of the key: a report of one shop cannot reach the
-- recipient of another, whatever message it names.
create table public.sms_recipients (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  message_id text not null,
  phone text,
  status text,
  error_code text,
  reference text,
  sent_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint sms_recipients_one_per_shop_and_message unique (organisation_id, message_id)
);

alter table public.sms_recipients enable row level security;

-- Shopify's orders and customers. The company is the shop. Ids are text: Shopify's go beyond what JavaScript can count.
create table public.orders (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  order_id text not null,
  customer_id text,
  name text,
  email text,
  phone text,
  financial_status text,
  fulfillment_status text,
  currency text,
  total_price numeric,
  ordered_at timestamptz,
  cancelled_at timestamptz,
  deleted_at timestamptz,
  -- Its person asked to be forgotten: see 08_privacy.sql.
  redacted_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint orders_one_per_shop unique (organisation_id, company_id, order_id)
);

create index orders_of_customer on public.orders (organisation_id, company_id, customer_id);

alter table public.orders enable row level security;

create table public.customers (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  customer_id text not null,
  email text,
  phone text,
  first_name text,
  last_name text,
  state text,
  deleted_at timestamptz,
  redacted_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint customers_one_per_shop unique (organisation_id, company_id, customer_id)
);

alter table public.customers enable row level security;

-- What people asked of a Shopify shop: to see what is known of them, or to be forgotten. Writing a row that asks to forget
-- does it, in the same transaction: see 08_privacy.sql.
create table public.privacy_requests (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  source_event text not null,
  kind text not null check (kind in ('customers/data_request', 'customers/redact', 'shop/redact')),
  shop_domain text not null,
  customer_id text,
  order_ids jsonb not null,
  requested_at timestamptz not null,
  versions jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint privacy_requests_one_per_event unique (organisation_id, company_id, source_event)
);

alter table public.privacy_requests enable row level security;

-- The tables a projection may write. Anything else in a change is refused.
create function public.projection_tables() returns text[]
language sql immutable set search_path = '' as $$
  select array[
    'businesses', 'audit_logs', 'call_logs', 'sms_logs', 'campaigns', 'leads', 'messages', 'sms_recipients', 'orders',
    'customers', 'privacy_requests'
  ];
$$;
