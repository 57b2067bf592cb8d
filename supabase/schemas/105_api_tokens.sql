-- API tokens, kept as sha256 only: those that administrators make in the console, and those of `npm run token`, which
-- are signed and known by their id (jti). Written by the functions of 545_api_tokens.sql.

create table public.api_tokens (
  id bigint generated always as identity primary key,
  name text not null check (length(name) between 1 and 100),
  token_hash bytea not null check (octet_length(token_hash) = 32),
  -- Its last four characters, to tell two of them apart.
  hint text not null check (length(hint) = 4),
  -- Keys of SCOPES in lib/auth/permissions.ts; one that is unknown there allows nothing.
  scopes text[] not null,
  -- Made by `npm run token`: a JWT, of which this row keeps the id. Such a one may have a role in place of scopes.
  is_signed boolean not null default false,
  role public.staff_role,
  -- Whose rights bound it: it may nothing that this person may not do now. Null when a token of the command line made
  -- it.
  owner_id uuid references public.staff_users (id) on delete cascade,
  -- The token that made it, if one did: revoking that one revokes this one.
  parent_id bigint references public.api_tokens (id) on delete cascade,
  created_by text not null,
  -- Of which organisations it may be, within those of its maker; null is as its maker.
  organisations text[] check (public.valid_scope(organisations)),
  created_at timestamptz not null default public.now_(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_tokens_one_per_token unique (token_hash),
  constraint api_tokens_may_something check (cardinality(scopes) > 0 or role is not null),
  constraint api_tokens_have_a_role_when_signed check (role is null or is_signed),
  constraint api_tokens_end_within_a_year check (
    expires_at > created_at and expires_at <= created_at + interval '366 days'
  )
);

create index api_tokens_of_owner on public.api_tokens (owner_id);
create index api_tokens_of_parent on public.api_tokens (parent_id) where parent_id is not null;

alter table public.api_tokens enable row level security;
