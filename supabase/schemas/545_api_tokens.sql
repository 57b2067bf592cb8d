-- What people do with API tokens. Called by lib/auth/api-tokens.ts and lib/auth/tokens.ts; use_api_token() on each
-- request.

-- {refused: 'beyond_scope'} for organisations that are not all the maker's.
create function public.create_api_token(
  p_name text, p_token_hash text, p_hint text, p_scopes text[], p_days integer,
  p_organisations text[], p_scope text[], p_actor text, p_actor_id text, p_request_id text,
  p_owner_id uuid default null,
  p_parent_id bigint default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_token public.api_tokens;
begin
  if not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('refused', 'beyond_scope');
  end if;
  insert into public.api_tokens (
    name, token_hash, hint, scopes, owner_id, parent_id, created_by, organisations, expires_at
  )
  values (
    p_name, decode(p_token_hash, 'hex'), p_hint, p_scopes, p_owner_id, p_parent_id, p_actor, p_organisations,
    public.now_() + p_days * interval '1 day'
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
  return public.api_token_json(v_token);
end
$$;

-- Writes down a token of `npm run token`, without which it would open nothing: `tk_12`.
create function public.record_signed_token(
  p_name text, p_token_hash text, p_hint text, p_scopes text[], p_expires_at timestamptz,
  p_role public.staff_role default null, p_organisations text[] default null
) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_id bigint;
begin
  insert into public.api_tokens (name, token_hash, hint, scopes, role, is_signed, created_by, organisations, expires_at)
  values (
    left(p_name, 100), decode(p_token_hash, 'hex'), p_hint, p_scopes, p_role, true, 'npm run token',
    p_organisations, p_expires_at
  )
  returning id into v_id;
  perform public.record_staff_action(
    'token.create', 'tk_' || v_id,
    jsonb_strip_nulls(jsonb_build_object(
      'name', left(p_name, 100), 'role', p_role, 'scopes', p_scopes, 'organisations', p_organisations,
      'expires_at', public.iso(p_expires_at)
    )),
    'npm run token', 'command line', null
  );
  return 'tk_' || v_id;
end
$$;

-- Ends a token at once, and every token that was made with it. The token as it is then; null when there is none.
create function public.revoke_api_token(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  perform public.revoke_tokens(array[t.id], p_actor, p_actor_id, p_request_id)
  from public.api_tokens t
  where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t));
  return (
    select public.api_token_json(t) from public.api_tokens t
    where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t))
  );
end
$$;

-- Ends tokens, and all that were made with them.
create function public.revoke_tokens(p_ids bigint[], p_actor text, p_actor_id text, p_request_id text) returns void
language sql volatile set search_path = '' as $$
  with recursive family as (
    select t.id from public.api_tokens t where t.id = any (p_ids)
    union
    select t.id from public.api_tokens t join family f on t.parent_id = f.id
  ),
  revoked as (
    update public.api_tokens t set revoked_at = public.now_()
    where t.id in (select f.id from family f) and t.revoked_at is null
    returning t.id, t.name
  )
  select public.record_staff_action(
    'token.revoke', 'tk_' || r.id, jsonb_build_object('name', r.name), p_actor, p_actor_id, p_request_id
  )
  from revoked r;
$$;

-- What becomes of the tokens of a user who is disabled: an heir takes over those that worked, each with no more than it
-- could do under p_owner; without an heir, and where that is nothing, they are revoked.
create function public.settle_tokens(
  p_owner public.staff_users, p_heir uuid, p_scope_roles jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_token record;
begin
  if p_heir is not null then
    for v_token in
      with kept as (
        select t.id, array(
          select s.scope from unnest(t.scopes) with ordinality as s(scope, n)
          where (p_scope_roles ->> s.scope)::public.staff_role <= p_owner.role order by s.n
        ) as scopes, public.token_scope(t) as organisations
        from public.api_tokens t
        where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > public.now_()
      ),
      handed as (
        update public.api_tokens t set owner_id = p_heir, scopes = k.scopes, organisations = k.organisations
        from kept k
        where t.id = k.id and cardinality(k.scopes) > 0 and k.organisations is distinct from '{}'
        returning t.id, t.name
      )
      select h.id, h.name, u.email from handed h join public.staff_users u on u.id = p_heir
    loop
      perform public.record_staff_action(
        'token.hand_over', 'tk_' || v_token.id,
        jsonb_build_object('name', v_token.name, 'from', p_owner.email, 'to', v_token.email),
        p_actor, p_actor_id, p_request_id
      );
    end loop;
  end if;
  perform public.revoke_tokens(
    array(
      select t.id from public.api_tokens t
      where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > public.now_()
    ),
    p_actor, p_actor_id, p_request_id
  );
end
$$;

-- The token a request came with, as it is now: asked each time, so that revoking acts at once. Null when there is none.
-- Its last use is written once a minute at most.
create function public.use_api_token(p_token_hash text) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if exists (
    select from public.api_tokens t
    where t.token_hash = decode(p_token_hash, 'hex') and t.revoked_at is null and t.expires_at > public.now_()
      and (t.last_used_at is null or t.last_used_at < public.now_() - interval '1 minute')
  ) then
    begin
      update public.api_tokens t set last_used_at = public.now_() where t.token_hash = decode(p_token_hash, 'hex');
    exception
      -- A database that takes no writes keeps no user from asking why.
      when read_only_sql_transaction or insufficient_resources then
        null;
    end;
  end if;
  return (
    select public.api_token_json(t) || jsonb_build_object('owner_id', t.owner_id)
    from public.api_tokens t where t.token_hash = decode(p_token_hash, 'hex')
  );
end
$$;

-- A token as lib/contract/staff.ts knows it.
create function public.api_token_json(t public.api_tokens) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'tk_' || t.id, 'name', t.name, 'hint', t.hint, 'scopes', t.scopes, 'created_by', t.created_by,
    'kind', case when t.is_signed then 'command_line' else 'console' end, 'role', t.role,
    'organisations', public.token_scope(t),
    'status', case
      when t.revoked_at is not null then 'revoked'
      when t.expires_at <= public.now_() then 'expired'
      when u.disabled_at is not null then 'owner_disabled'
      else 'active'
    end,
    'owner_role', u.role, 'created_at', public.iso(t.created_at), 'expires_at', public.iso(t.expires_at),
    'last_used_at', public.iso(t.last_used_at), 'revoked_at', public.iso(t.revoked_at)
  )
  from (select) one
  left join public.staff_users u on u.id = t.owner_id;
$$;
