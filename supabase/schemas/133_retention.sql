-- How long what is kept, and what was deleted for it. Written by change_retention and the functions of 66x.

-- One row per class says for how many days its rows are kept; no row, or no days, is for ever. Bodies may have a row
-- per organisation, which counts instead.
create table public.retention (
  id bigint generated always as identity primary key,
  class public.retention_class not null,
  -- Null: all that have no row of their own.
  organisation_id text,
  days integer check (days between 1 and 36500),
  changed_by text not null,
  changed_at timestamptz not null default public.now_(),
  constraint retention_one_per_class_and_organisation unique nulls not distinct (class, organisation_id),
  check (organisation_id is null or class = 'bodies'),
  -- Who may change this cannot wipe out what they did.
  check (class <> 'audit' or days >= 90)
);

alter table public.retention enable row level security;

-- What was deleted, by batch: the page of an event says when its bytes went and why. `ids` are those of the rows that
-- went, so what stayed between them is not in it.
create table public.forgettings (
  id bigint generated always as identity primary key,
  class public.retention_class not null,
  days integer not null,
  first_id bigint not null,
  last_id bigint not null,
  ids int8multirange not null,
  rows bigint not null,
  -- Where it was exported to, as the worker named it; null: it was not.
  file text,
  forgotten_at timestamptz not null default public.now_()
);

create index forgettings_of_id on public.forgettings (class, last_id, first_id);

alter table public.forgettings enable row level security;

-- Which worker forgets, and how that goes: one row.
create table public.retention_turn (
  id integer primary key default 1 check (id = 1),
  worker text not null,
  until timestamptz not null,
  -- After all was gone over, it rests.
  next_at timestamptz not null default public.now_(),
  -- Why nothing is deleted, in words without data of rows. Null: all is well.
  problem text
);

alter table public.retention_turn enable row level security;
