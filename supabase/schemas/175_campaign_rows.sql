-- Rows of campaigns and of text messages, written by apply_changes.

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
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
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
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
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
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
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
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint sms_recipients_one_per_shop_and_message unique (organisation_id, message_id)
);

alter table public.sms_recipients enable row level security;
