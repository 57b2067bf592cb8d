-- The first administrator, and people as they are now.

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

-- Gives a person a new password, ends their sessions, and lifts what made them wait: the delay of the account, and the
-- limit of every address that tried it. False when there is no such person.
create function public.set_staff_password(p_email text, p_password_hash text) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_id uuid;
begin
  update public.staff_users u set password_hash = p_password_hash, session_version = u.session_version + 1
  where u.email = lower(p_email)
  returning u.id into v_id;
  if not found then
    return false;
  end if;
  perform public.end_sessions(v_id, 'password');
  delete from public.sign_in_guesses g
  where g.account = lower(p_email)
    or g.network in (select o.network from public.sign_in_guesses o where o.account = lower(p_email));
  perform public.record_staff_action(
    'staff.set_password', lower(p_email), '{}', 'npm run password', 'command line', null
  );
  return true;
end
$$;

-- The person as they are now, within use_session() on every request: a change of role or a disabling acts at once.
create function public.get_staff(p_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'organisations', u.organisations,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.id = p_id;
$$;

-- A person as lib/contract/staff.ts knows them. `invited`: has never set a password nor signed in.
create function public.staff_member_json(u public.staff_users) returns jsonb
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
      select public.iso(i.expires_at) from public.staff_invitations i
      where i.staff_id = u.id and i.expires_at > public.now_()
    ),
    'active_tokens', (
      select count(*) from public.api_tokens t
      where t.owner_id = u.id and t.revoked_at is null and t.expires_at > public.now_()
    )
  );
$$;
