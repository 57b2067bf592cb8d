-- The people who use the console. Passwords are scrypt hashes made by lib/auth; nothing here can be turned into one.

create table public.staff_users (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email = lower(email)),
  name text not null,
  role public.staff_role not null,
  password_hash text,
  disabled_at timestamptz,
  -- The organisations whose events the person may see and act on; null is all of them.
  organisations text[] check (public.valid_scope(organisations)),
  -- Raised when sessions end because of the password, the role or a disabling: a sign-in under way then comes to
  -- nothing.
  session_version integer not null default 1,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default public.now_(),
  constraint staff_users_one_per_email unique (email)
);

alter table public.staff_users enable row level security;

-- A link with which a person sets a name and a password. One per person; a used one is gone.
create table public.staff_invitations (
  staff_id uuid primary key references public.staff_users (id) on delete cascade,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  created_at timestamptz not null default public.now_(),
  expires_at timestamptz not null,
  constraint staff_invitations_one_per_token unique (token_hash)
);

alter table public.staff_invitations enable row level security;

create table public.staff_sessions (
  id bigint generated always as identity primary key,
  id_hash bytea not null check (octet_length(id_hash) = 32),
  staff_id uuid not null references public.staff_users (id) on delete cascade,
  address text not null check (length(address) <= 64),
  -- What limits count by: network_of(address).
  network text not null,
  user_agent text not null check (length(user_agent) <= 200),
  created_at timestamptz not null default public.now_(),
  -- To five minutes.
  last_seen_at timestamptz not null default public.now_(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text check (
    ended_because in (
      'signed_out', 'signed_out_everywhere', 'replaced', 'too_many', 'password', 'role', 'disabled', 'enabled'
    )
  ),
  constraint staff_sessions_one_per_id unique (id_hash),
  constraint staff_sessions_say_why_they_ended check ((ended_at is null) = (ended_because is null))
);

create index staff_sessions_of_person on public.staff_sessions (staff_id, id desc);
create index staff_sessions_by_end on public.staff_sessions (expires_at);

alter table public.staff_sessions enable row level security;

create table public.sign_in_guesses (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('password', 'invitation')),
  -- The e-mail that was tried, whether or not there is such an account; empty for links.
  account text not null check (length(account) <= 320),
  network text not null check (length(network) <= 64),
  -- Signed in to the account recently: its mistakes delay no one else.
  is_familiar boolean not null,
  booked_at timestamptz not null
);

create index sign_in_guesses_of_network on public.sign_in_guesses (network, booked_at desc);
create index sign_in_guesses_of_account on public.sign_in_guesses (account, booked_at desc);
create index sign_in_guesses_by_age on public.sign_in_guesses (booked_at);

alter table public.sign_in_guesses enable row level security;

-- How many refused sign-ins an account or an address had in an hour: what bounds their rows in the log.
create table public.sign_in_refusals (
  kind text not null check (kind in ('account', 'address')),
  subject text not null check (length(subject) <= 320),
  hour timestamptz not null,
  refused integer not null,
  primary key (kind, subject, hour)
);

create index sign_in_refusals_by_age on public.sign_in_refusals (hour);

alter table public.sign_in_refusals enable row level security;
