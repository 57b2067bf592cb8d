-- What people and tokens did, and what they asked to be notified of. Both say whose they are as they are written
-- (250_audit.sql).

-- Every action of a person or token that changes something. Append only: no role is granted update or delete. What is
-- past its retention goes by forget_staff_actions.
create table public.staff_actions (
  id bigint generated always as identity primary key,
  actor text not null,
  actor_id text not null,
  action text not null,
  subject text not null,
  details jsonb not null default '{}',
  -- Whose object the subject is, found when the row is written; null is no one's in particular. Says who may read the
  -- row.
  organisations text[],
  request_id text,
  acted_at timestamptz not null default public.now_()
);

create index staff_actions_newest_first on public.staff_actions (acted_at desc, id desc);
create index staff_actions_of_organisations on public.staff_actions (acted_at desc, id desc)
  where organisations is not null;
create index staff_actions_that_resolved on public.staff_actions (subject) where action = 'event.resolve';
create index staff_actions_of_actor on public.staff_actions (actor, acted_at desc, id desc);
create index staff_actions_of_action on public.staff_actions (action, acted_at desc, id desc);
create index staff_actions_of_subject on public.staff_actions (subject, acted_at desc, id desc);

alter table public.staff_actions enable row level security;

-- What a user asked to be notified of: how a replay of theirs ended. Shown in the console until seen.
create table public.notices (
  id bigint generated always as identity primary key,
  actor_id text not null,
  -- Where it leads, e.g. wr_12.
  subject text not null,
  -- Whose object the subject is, as in staff_actions.
  organisations text[],
  message text not null,
  created_at timestamptz not null default public.now_(),
  seen_at timestamptz
);

create index notices_unseen on public.notices (actor_id, id desc) where seen_at is null;

alter table public.notices enable row level security;
