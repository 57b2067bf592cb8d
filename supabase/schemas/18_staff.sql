-- Who is on the staff, and the links that let people in. Called by lib/auth/staff.ts. Links are kept as sha256 only:
-- nothing here lets anybody in.
-- p_within: the roles whose rights the asker has; nobody gives a role, or acts on one, that may more than they may.
-- p_own_id: whose account the asker acts for: the person, or who made the token. Nobody does these things to that account.
-- Long because each change of a person is one statement with its refusals.

-- Callers stand above what they call.
set check_function_bodies = off;

-- A link with which a person sets a name and a password. One per person; a used one is gone.
create table public.staff_invitations (
  staff_id uuid primary key references public.staff_users (id) on delete cascade,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint staff_invitations_one_per_token unique (token_hash)
);

alter table public.staff_invitations enable row level security;

-- A person as lib/contract/staff.ts knows them. `invited`: has never set a password nor signed in.
create function public.staff_member(u public.staff_users) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'organisations', u.organisations,
    'status', case
      when u.disabled_at is not null then 'disabled'
      when u.password_hash is null and u.last_sign_in_at is null then 'invited'
      else 'active'
    end,
    'created_at', public.iso(u.created_at), 'last_sign_in_at', public.iso(u.last_sign_in_at),
    'disabled_at', public.iso(u.disabled_at),
    'link_expires_at', (
      select public.iso(i.expires_at) from public.staff_invitations i where i.staff_id = u.id and i.expires_at > now()
    ),
    'active_tokens', (
      select count(*) from public.api_tokens t
      where t.owner_id = u.id and t.revoked_at is null and t.expires_at > now()
    )
  );
$$;

-- Everybody who may no more than the scope: those who can sign in first, by name.
create function public.list_staff(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.staff_member(u) order by u.disabled_at is not null, lower(u.name), u.email), '[]')
  from public.staff_users u
  where public.all_in_scope(p_scope, u.organisations);
$$;

-- A new person who gets in by the link. {result: invited | known | beyond_scope, staff?, expires_at?}
create function public.invite_staff(
  p_email text, p_role public.staff_role, p_organisations text[], p_token_hash text, p_scope text[], p_actor text,
  p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  if not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  insert into public.staff_users (email, name, role, organisations)
  values (lower(p_email), split_part(p_email, '@', 1), p_role, p_organisations)
  on conflict (email) do nothing returning * into v_staff;
  if not found then
    return jsonb_build_object('result', 'known');
  end if;
  v_expires_at := public.set_staff_link(v_staff.id, p_token_hash);
  perform public.record_staff_action(
    'staff.invite', v_staff.email, jsonb_strip_nulls(jsonb_build_object('role', p_role, 'organisations', p_organisations)),
    p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object(
    'result', 'invited', 'staff', public.staff_member(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$$;

-- The person's one link from now on; a link from before opens nothing any more. Answers when it ends.
create function public.set_staff_link(p_staff_id uuid, p_token_hash text) returns timestamptz
language sql volatile set search_path = '' as $$
  insert into public.staff_invitations as i (staff_id, token_hash, expires_at)
  values (p_staff_id, decode(p_token_hash, 'hex'), now() + interval '72 hours')
  on conflict (staff_id) do update set
    token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = now()
  returning i.expires_at;
$$;

-- A new link for somebody who lost the invitation or the password. Nobody makes their own: whoever finds an open session
-- would have a password. {result: linked | not_found | own_account | beyond_rights | disabled, staff?, expires_at?}
create function public.link_staff(
  p_id uuid, p_token_hash text, p_within public.staff_role[], p_scope text[], p_actor text, p_actor_id text,
  p_request_id text, p_own_id uuid default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  select * into v_staff from public.staff_users u
  where u.id = p_id and public.all_in_scope(p_scope, u.organisations) for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_staff.role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  elsif v_staff.disabled_at is not null then
    return jsonb_build_object('result', 'disabled');
  end if;
  v_expires_at := public.set_staff_link(p_id, p_token_hash);
  perform public.record_staff_action('staff.link', v_staff.email, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object(
    'result', 'linked', 'staff', public.staff_member(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$$;

-- Another role or scope, disabled, or enabled again; null leaves a thing as it is, p_organisations does where
-- p_rescope is false. Each ends the person's sessions at once. Whose tokens work is not disabled before somebody says what
-- becomes of them: p_tokens is `revoke` or the id of an active administrator who takes them over; p_scope_roles names the
-- least role of each scope.
-- {result: changed | not_found | own_account | beyond_rights | beyond_scope | last_admin | has_tokens | no_heir, staff?, tokens?}
create function public.change_staff(
  p_id uuid, p_within public.staff_role[], p_scope text[], p_actor text, p_actor_id text, p_request_id text,
  p_role public.staff_role default null, p_disabled boolean default null, p_rescope boolean default false,
  p_organisations text[] default null, p_own_id uuid default null, p_tokens text default null,
  p_scope_roles jsonb default '{}'
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_before public.staff_users;
  v_after public.staff_users;
  v_tokens bigint;
  v_heir uuid;
begin
  -- All administrators, in one order: two who demote each other wait here, and the second finds the last one.
  perform from public.staff_users u where u.role = 'admin' or u.id = p_id order by u.id for update;
  select * into v_before from public.staff_users u where u.id = p_id and public.all_in_scope(p_scope, u.organisations);
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_before.role <> all (p_within) or p_role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  elsif p_rescope and not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  v_after := v_before;
  if p_rescope then
    v_after.organisations := p_organisations;
  end if;
  v_after.role := coalesce(p_role, v_before.role);
  v_after.disabled_at := case coalesce(p_disabled, v_before.disabled_at is not null)
    when true then coalesce(v_before.disabled_at, now())
  end;
  if v_after is not distinct from v_before then
    return jsonb_build_object('result', 'changed', 'staff', public.staff_member(v_before));
  elsif public.is_active_admin(v_before) and not public.is_active_admin(v_after) and not exists (
    select from public.staff_users u where u.id <> p_id and public.is_active_admin(u)
  ) then
    return jsonb_build_object('result', 'last_admin');
  end if;

  if v_after.disabled_at is not null and v_before.disabled_at is null then
    v_tokens := (
      select count(*) from public.api_tokens t
      where t.owner_id = p_id and t.revoked_at is null and t.expires_at > now()
    );
    v_heir := (
      select u.id from public.staff_users u where u.id::text = p_tokens and u.id <> p_id and public.is_active_admin(u)
        and public.all_in_scope(p_scope, u.organisations)
        and not exists (
          select from public.api_tokens t
          where t.owner_id = p_id and t.revoked_at is null and t.expires_at > now()
            and not public.all_in_scope(u.organisations, public.token_scope(t))
        )
    );
    if v_tokens > 0 and p_tokens is null then
      return jsonb_build_object('result', 'has_tokens', 'tokens', v_tokens);
    elsif p_tokens <> 'revoke' and v_heir is null then
      return jsonb_build_object('result', 'no_heir');
    elsif v_tokens > 0 then
      perform public.settle_tokens(v_before, v_heir, p_scope_roles, p_actor, p_actor_id, p_request_id);
    end if;
  end if;

  update public.staff_users u set
    role = v_after.role, disabled_at = v_after.disabled_at, organisations = v_after.organisations,
    session_version = u.session_version + 1
  where u.id = p_id returning * into v_after;
  perform public.end_sessions(p_id, case
    when v_after.role <> v_before.role or v_after.organisations is distinct from v_before.organisations then 'role'
    when v_after.disabled_at is null then 'enabled' else 'disabled'
  end);
  if v_after.disabled_at is not null then
    delete from public.staff_invitations i where i.staff_id = p_id;
  end if;

  if v_after.role <> v_before.role then
    perform public.record_staff_action(
      'staff.change_role', v_after.email, jsonb_build_object('from', v_before.role, 'to', v_after.role),
      p_actor, p_actor_id, p_request_id
    );
  end if;
  if v_after.organisations is distinct from v_before.organisations then
    perform public.record_staff_action(
      'staff.change_organisations', v_after.email,
      jsonb_build_object('from', v_before.organisations, 'to', v_after.organisations), p_actor, p_actor_id, p_request_id
    );
  end if;
  if (v_after.disabled_at is null) <> (v_before.disabled_at is null) then
    perform public.record_staff_action(
      case when v_after.disabled_at is null then 'staff.enable' else 'staff.disable' end, v_after.email, '{}',
      p_actor, p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'changed', 'staff', public.staff_member(v_after));
end
$$;

-- Somebody who can sign in now and manage everything. An invited administrator cannot yet, one of some organisations never.
create function public.is_active_admin(u public.staff_users) returns boolean
language sql immutable set search_path = '' as $$
  select u.role = 'admin' and u.organisations is null and u.disabled_at is null and (u.password_hash is not null or u.last_sign_in_at is not null);
$$;

-- Whom a link lets in, as long as it does: {email, name, role, is_new, expires_at}. Null when it opens nothing.
create function public.find_invitation(p_token_hash text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'email', u.email, 'name', u.name, 'role', u.role, 'is_new', u.password_hash is null,
    'expires_at', public.iso(i.expires_at)
  )
  from public.staff_invitations i
  join public.staff_users u on u.id = i.staff_id
  where i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > now() and u.disabled_at is null;
$$;

-- Uses a link up: name and password are set, and sessions from before end. The person's e-mail; null when the link opens
-- nothing, or somebody else was quicker.
create function public.accept_invitation(p_token_hash text, p_name text, p_password_hash text, p_request_id text)
returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_staff public.staff_users;
begin
  -- The person before the link, as everywhere.
  select u.* into v_staff
  from public.staff_users u
  where u.id = (select i.staff_id from public.staff_invitations i where i.token_hash = decode(p_token_hash, 'hex'))
  for update;
  if v_staff.disabled_at is not null then
    return null;
  end if;
  delete from public.staff_invitations i
  where i.staff_id = v_staff.id and i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > now();
  if not found then
    return null;
  end if;
  update public.staff_users u set
    name = p_name, password_hash = p_password_hash, session_version = u.session_version + 1
  where u.id = v_staff.id;
  perform public.end_sessions(v_staff.id, 'password');
  perform public.record_staff_action(
    'invitation.accept', v_staff.email, '{}', p_name, v_staff.id::text, p_request_id
  );
  return v_staff.email;
end
$$;
