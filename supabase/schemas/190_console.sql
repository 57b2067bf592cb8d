-- What belongs to the console and its health check: saved filters of the history, and a row that is only ever written.

-- A filter that a person gave a name.
create table public.event_views (
  id bigint generated always as identity primary key,
  staff_id uuid not null references public.staff_users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  -- As the history's address has it.
  query text not null check (char_length(query) <= 4000),
  created_at timestamptz not null default public.now_()
);

create unique index event_views_one_per_name on public.event_views (staff_id, lower(name));

alter table public.event_views enable row level security;

-- One row that is written only to see whether rows can be written.
create table public.write_probe (
  id integer primary key check (id = 1),
  at timestamptz not null,
  -- Random and as large as a webhook, so that a full disk refuses it.
  filler bytea not null
);

alter table public.write_probe enable row level security;
alter table public.write_probe alter column filler set storage external;
