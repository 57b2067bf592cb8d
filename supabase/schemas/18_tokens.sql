-- API tokens that administrators make, kept as sha256 only. Called by lib/auth/api-tokens.ts, one of them on each request.

-- Callers stand above what they call.
set check_function_bodies = off;

create table public.api_tokens (
  id bigint generated always as identity primary key,
  name text not null check (length(name) between 1 and 100),
  token_hash bytea not null check (octet_length(token_hash) = 32),
  -- Its last four characters, to tell two of them apart.
  hint text not null check (length(hint) = 4),
  -- Keys of SCOPES in lib/auth/permissions.ts; one that is unknown there allows nothing.
  scopes text[] not null check (cardinality(scopes) > 0),
  -- Whose rights bound it: it may nothing that this person may not do now. Null when a token of the command line made it.
  owner_id uuid references public.staff_users (id) on delete cascade,
  created_by text not null,
  -- Of which organisations it may be, within those of its maker; null is as its maker.
  organisations text[] check (public.valid_scope(organisations)),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_tokens_one_per_token unique (token_hash),
  constraint api_tokens_end_within_a_year check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);

create index api_tokens_of_owner on public.api_tokens (owner_id);

alter table public.api_tokens enable row level security;

-- A token as lib/contract/staff.ts knows it.
create function public.api_token(t public.api_tokens) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'tk_' || t.id, 'name', t.name, 'hint', t.hint, 'scopes', t.scopes, 'created_by', t.created_by,
    'organisations', public.token_scope(t),
    'status', case
      when t.revoked_at is not null then 'revoked'
      when t.expires_at <= now() then 'expired'
      when u.disabled_at is not null then 'owner_disabled'
      else 'active'
    end,
    'owner_role', u.role, 'created_at', public.iso(t.created_at), 'expires_at', public.iso(t.expires_at),
    'last_used_at', public.iso(t.last_used_at), 'revoked_at', public.iso(t.revoked_at)
  )
  from (select) one
  left join public.staff_users u on u.id = t.owner_id;
$$;

-- Whose events a token may see and act on: no more than whoever made it may now.
create function public.token_scope(t public.api_tokens) returns text[]
language sql stable set search_path = '' as $$
  select public.common_scope((t).organisations, (select u.organisations from public.staff_users u where u.id = (t).owner_id));
$$;

-- All that work, and those that ended in the last 30 days, newest first; of those that may no more than the scope.
create function public.list_api_tokens(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(
    public.api_token(t) order by t.revoked_at is not null or t.expires_at <= now(), t.id desc
  ), '[]')
  from public.api_tokens t
  where coalesce(t.revoked_at, t.expires_at) > now() - interval '30 days'
    and public.all_in_scope(p_scope, public.token_scope(t));
$$;

-- {refused: 'beyond_scope'} for organisations that are not all the maker's.
create function public.create_api_token(
  p_name text, p_token_hash text, p_hint text, p_scopes text[], p_days integer,
  p_organisations text[], p_scope text[], p_actor text, p_actor_id text, p_request_id text, p_owner_id uuid default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_token public.api_tokens;
begin
  if not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('refused', 'beyond_scope');
  end if;
  insert into public.api_tokens (name, token_hash, hint, scopes, owner_id, created_by, organisations, expires_at)
  values (
    p_name, decode(p_token_hash, 'hex'), p_hint, p_scopes, p_owner_id, p_actor, p_organisations,
    now() + p_days * interval '1 day'
  )
  returning * into v_token;
  perform public.record_staff_action(
    'token.create', 'tk_' || v_token.id,
    jsonb_build_object(
      'name', p_name, 'scopes', p_scopes, 'expires_at', public.iso(v_token.expires_at),
      'organisations', p_organisations
    ),
    p_actor, p_actor_id, p_request_id
  );
  return public.api_token(v_token);
end
$$;

-- Ends a token at once. The token as it is then; null when there is none.
create function public.revoke_api_token(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_token public.api_tokens;
begin
  update public.api_tokens t set revoked_at = now()
  where t.id = p_id and t.revoked_at is null and public.all_in_scope(p_scope, public.token_scope(t))
  returning * into v_token;
  if found then
    perform public.record_staff_action(
      'token.revoke', 'tk_' || p_id, jsonb_build_object('name', v_token.name), p_actor, p_actor_id, p_request_id
    );
  end if;
  return (
    select public.api_token(t) from public.api_tokens t
    where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t))
  );
end
$$;

-- The token a request came with, as it is now: asked each time, so that revoking acts at once. Null when there is none.
-- Its last use is written once a minute at most.
create function public.use_api_token(p_token_hash text) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  update public.api_tokens t set last_used_at = now()
  where t.token_hash = decode(p_token_hash, 'hex') and t.revoked_at is null and t.expires_at > now()
    and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute');
  return (
    select public.api_token(t) || jsonb_build_object('owner_id', t.owner_id)
    from public.api_tokens t where t.token_hash = decode(p_token_hash, 'hex')
  );
end
$$;
