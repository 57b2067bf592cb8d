-- The links that let people in. Called by lib/auth/staff.ts. Links are kept as sha256 only: nothing here can be used to
-- sign in. p_within: the roles whose rights the asker has; no one gives a role, or acts on one, that may more than they
-- may. p_own_id: whose account the asker acts for: the person, or who made the token. None of this is done to that
-- account.

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
    'staff.invite', v_staff.email,
    jsonb_strip_nulls(jsonb_build_object('role', p_role, 'organisations', p_organisations)),
    p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object(
    'result', 'invited', 'staff', public.staff_member_json(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$$;

-- A new link for a user who lost the invitation or the password. No one makes their own: a person who finds an open
-- session would get a password. {result: linked | not_found | own_account | beyond_rights | disabled, staff?,
-- expires_at?}
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
    'result', 'linked', 'staff', public.staff_member_json(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$$;

-- The person's one link from now on; a link from before opens nothing any more. Answers when it ends.
create function public.set_staff_link(p_staff_id uuid, p_token_hash text) returns timestamptz
language sql volatile set search_path = '' as $$
  insert into public.staff_invitations as i (staff_id, token_hash, expires_at)
  values (p_staff_id, decode(p_token_hash, 'hex'), public.now_() + interval '72 hours')
  on conflict (staff_id) do update set
    token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = public.now_()
  returning i.expires_at;
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
  where i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > public.now_() and u.disabled_at is null;
$$;

-- Uses a link up: name and password are set, and sessions from before end. The person's e-mail; null when the link
-- opens nothing, or another request was quicker.
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
  where i.staff_id = v_staff.id and i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > public.now_();
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
