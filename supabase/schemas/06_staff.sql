-- The people who use the console, what they did, and how often somebody tried to be one of them.
-- Called by lib/auth. Passwords are scrypt hashes made there; nothing here can be turned into one.

create table public.staff_users (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email = lower(email)),
  name text not null,
  role public.staff_role not null,
  password_hash text,
  disabled_at timestamptz,
  -- The organisations whose events the person may see and act on; null is all of them.
  organisations text[] check (public.valid_scope(organisations)),
  -- Raised to end every session of the person at once.
  session_version integer not null default 1,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  constraint staff_users_one_per_email unique (email)
);

alter table public.staff_users enable row level security;

create table public.sign_in_failures (
  id bigint generated always as identity primary key,
  email text not null,
  ip text not null,
  failed_at timestamptz not null default now()
);

create index sign_in_failures_of_email on public.sign_in_failures (email, failed_at);
create index sign_in_failures_of_ip on public.sign_in_failures (ip, failed_at);

alter table public.sign_in_failures enable row level security;

-- Every action of a person or token that changes something. Append only: nobody is granted update or delete.
create table public.staff_actions (
  id bigint generated always as identity primary key,
  actor text not null,
  actor_id text not null,
  action text not null,
  subject text not null,
  details jsonb not null default '{}',
  -- Whose object the subject is, found when the row is written; null is nobody's in particular. Says who may read the row.
  organisations text[],
  request_id text,
  acted_at timestamptz not null default now()
);

create index staff_actions_newest_first on public.staff_actions (acted_at desc, id desc);
create index staff_actions_of_organisations on public.staff_actions (acted_at desc, id desc) where organisations is not null;
create index staff_actions_that_resolved on public.staff_actions (subject) where action = 'event.resolve';

alter table public.staff_actions enable row level security;

-- What somebody asked to be told: how a replay of theirs ended. Shown in the console until seen.
create table public.notices (
  id bigint generated always as identity primary key,
  actor_id text not null,
  -- Where it leads, e.g. wr_12.
  subject text not null,
  -- Whose object the subject is, as in staff_actions.
  organisations text[],
  message text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz
);

create index notices_unseen on public.notices (actor_id, id desc) where seen_at is null;

alter table public.notices enable row level security;

-- Creates the first administrator. True when this call did, false when there are staff already.
create function public.create_first_admin(p_email text, p_name text, p_password_hash text) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('create_first_admin', 0));
  insert into public.staff_users (email, name, role, password_hash)
  select lower(p_email), p_name, 'admin', p_password_hash
  where not exists (select from public.staff_users);
  return found;
end
$$;

-- Gives a person a new password and ends their sessions. False when there is no such person.
create function public.set_staff_password(p_email text, p_password_hash text) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.staff_users u set password_hash = p_password_hash, session_version = u.session_version + 1
  where u.email = lower(p_email);
  return found;
end
$$;

-- The person with this e-mail, with the password hash, for sign-in only. Null when there is none.
create function public.find_staff(p_email text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'password_hash', u.password_hash,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.email = lower(p_email);
$$;

-- The person as they are now: asked on every request, so that a change of role or a disabling acts at once.
create function public.get_staff(p_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'organisations', u.organisations,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.id = p_id;
$$;

-- False after 20 wrong passwords in 15 minutes, for the account or from the address.
create function public.sign_in_allowed(p_email text, p_ip text) returns boolean
language sql stable set search_path = '' as $$
  select
    (select count(*) from public.sign_in_failures f
     where f.email = lower(p_email) and f.failed_at > now() - interval '15 minutes') < 20
    and (select count(*) from public.sign_in_failures f
         where f.ip = p_ip and f.failed_at > now() - interval '15 minutes') < 20;
$$;

-- Remembers how a sign-in ended. A success clears the account's failures.
create function public.record_sign_in(p_email text, p_ip text, p_success boolean) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if p_success then
    update public.staff_users set last_sign_in_at = now() where email = lower(p_email);
    delete from public.sign_in_failures where email = lower(p_email);
  else
    insert into public.sign_in_failures (email, ip) values (left(lower(p_email), 320), left(p_ip, 64));
    delete from public.sign_in_failures where failed_at < now() - interval '1 day';
  end if;
end
$$;
