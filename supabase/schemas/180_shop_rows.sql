-- Rows of Shopify's shops, written by apply_changes. 270_privacy.sql redacts people in them.

-- Shopify's orders and customers. Organisation and company are those of the source; the shop is whose they are, through
-- every source. Ids are text: Shopify's go beyond what JavaScript can count.
create table public.orders (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  shop text,
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
  -- Its person asked to be forgotten: see 270_privacy.sql.
  redacted_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint orders_one_per_shop unique (organisation_id, company_id, order_id)
);

create index orders_of_customer on public.orders (organisation_id, company_id, customer_id);
-- Privacy requests go through the rows of one shop.
create index orders_of_shop on public.orders (shop);

alter table public.orders enable row level security;

create table public.customers (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  shop text,
  customer_id text not null,
  email text,
  phone text,
  first_name text,
  last_name text,
  state text,
  deleted_at timestamptz,
  redacted_at timestamptz,
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint customers_one_per_shop unique (organisation_id, company_id, customer_id)
);

create index customers_of_shop on public.customers (shop);

alter table public.customers enable row level security;

-- What people asked of a Shopify shop: to see what is known of them, or to be forgotten. Writing a row that asks to
-- forget does it, in the same transaction: see 270_privacy.sql.
create table public.privacy_requests (
  id bigint generated always as identity primary key,
  organisation_id text not null default '',
  company_id text not null default '',
  source_event text not null,
  kind text not null check (kind in ('customers/data_request', 'customers/redact', 'shop/redact')),
  shop_domain text not null,
  customer_id text,
  order_ids jsonb not null,
  -- The person's address and numbers as contacts_of makes them, for what names no customer.
  contact_hashes text[] not null default '{}',
  people text[] generated always as (public.people_asked(customer_id, order_ids, contact_hashes)) stored,
  requested_at timestamptz not null,
  -- What was forgotten, so far: events, rows of the tables that projections write, and of what else how many.
  events_changed integer not null default 0,
  rows_changed integer not null default 0,
  changed jsonb not null default '{}',
  versions jsonb not null default '{}',
  created_at timestamptz not null default public.now_(),
  updated_at timestamptz not null default public.now_(),
  constraint privacy_requests_one_per_event unique (organisation_id, company_id, source_event)
);

-- Every event and row of a shop asks for its requests.
create index privacy_requests_of_shop on public.privacy_requests (shop_domain);
create index privacy_requests_of_person on public.privacy_requests using gin (people);

alter table public.privacy_requests enable row level security;
