-- Sessions of the console: a row each, so that one can be ended, or all of a person's. The cookie holds a random id
-- that is kept as sha256 only. Called by lib/auth/sessions.ts; use_session() on each request. Rows stay for 30 days
-- after they expired: they also say which addresses a person signs in from.

-- Signs a person in: `se_12`. Null when the account is disabled, or its password or role changed since p_version was
-- read: what was proved then proves nothing now. p_previous_hash: the session that the browser had before, which ends.
-- p_method: how, for the log, where it was not by password.
create function public.start_session(
  p_staff_id uuid, p_version integer, p_id_hash text, p_address text, p_user_agent text, p_seconds integer,
  p_request_id text, p_previous_hash text default null, p_method text default null
) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_staff public.staff_users;
  v_id bigint;
begin
  -- Who enters without it has no use for the invitation's link; another person who has it must not set a password with
  -- it.
  delete from public.staff_invitations i using public.staff_users u
  where i.staff_id = p_staff_id and u.id = p_staff_id and p_method is not null
    and u.last_sign_in_at is null and u.session_version = p_version and u.disabled_at is null;
  update public.staff_users u set last_sign_in_at = public.now_()
  where u.id = p_staff_id and u.session_version = p_version and u.disabled_at is null
  returning * into v_staff;
  if not found then
    return null;
  end if;
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'replaced'
  where s.id_hash = decode(p_previous_hash, 'hex') and s.ended_at is null;

  insert into public.staff_sessions (id_hash, staff_id, address, network, user_agent, expires_at)
  values (
    decode(p_id_hash, 'hex'), p_staff_id, left(p_address, 64), public.network_of(p_address), left(p_user_agent, 200),
    public.now_() + p_seconds * interval '1 second'
  )
  returning id into v_id;
  perform public.record_staff_action(
    'session.start', v_staff.email,
    jsonb_strip_nulls(jsonb_build_object('session', 'se_' || v_id, 'address', left(p_address, 64), 'method', p_method)),
    v_staff.name, v_staff.id::text, p_request_id
  );
  perform public.forget_old_sessions(p_staff_id);
  return 'se_' || v_id;
end
$$;

-- What bounds the table: 20 open sessions and 200 rows per person; expired ones go after 30 days, a hundred at a time.
create function public.forget_old_sessions(p_staff_id uuid) returns void
language plpgsql volatile set search_path = '' as $$
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'too_many'
  where s.id in (
    select o.id from public.staff_sessions o
    where o.staff_id = p_staff_id and o.ended_at is null and o.expires_at > public.now_()
    order by o.id desc offset 20
  );
  delete from public.staff_sessions s
  where s.id in (select o.id from public.staff_sessions o where o.staff_id = p_staff_id order by o.id desc offset 200);
  delete from public.staff_sessions s
  where s.id in (
    select o.id from public.staff_sessions o where o.expires_at < public.now_() - interval '30 days'
    order by o.expires_at limit 100 for update skip locked
  );
end
$$;

-- The person of a session as they are now, with `session_id`; null when it has ended. Asked on every request, in this
-- one call: signing out, another role and disabling act at once.
create function public.use_session(p_id_hash text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_session record;
begin
  select s.id, s.staff_id, s.last_seen_at into v_session
  from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.ended_at is null and s.expires_at > public.now_();
  if not found then
    return null;
  end if;
  if v_session.last_seen_at < public.now_() - interval '5 minutes' then
    begin
      -- Several requests at once write it once: none waits for another's lock.
      update public.staff_sessions s set last_seen_at = public.now_()
      where s.id in (
        select o.id from public.staff_sessions o
        where o.id = v_session.id and o.last_seen_at < public.now_() - interval '5 minutes' for update skip locked
      );
    exception
      -- A database that takes no writes keeps no user from asking why.
      when read_only_sql_transaction or insufficient_resources then
        null;
    end;
  end if;
  return public.get_staff(v_session.staff_id) || jsonb_build_object('session_id', 'se_' || v_session.id);
end
$$;

-- Signs out the session of a cookie. False when it had ended already.
create function public.sign_out(p_id_hash text, p_request_id text) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_session public.staff_sessions;
begin
  select * into v_session from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.expires_at > public.now_();
  return found and public.end_session(v_session.staff_id, v_session.id, p_request_id);
end
$$;

-- Ends one session of a person. False when the person has no such open session.
create function public.end_session(p_staff_id uuid, p_id bigint, p_request_id text) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'signed_out'
  where s.id = p_id and s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'session.end', u.email, jsonb_build_object('session', 'se_' || p_id), u.name, u.id::text, p_request_id
  )
  from public.staff_users u where u.id = p_staff_id;
  return true;
end
$$;

-- Signs a person out everywhere: how many sessions that ended. p_own_id: whose account the asker acts for, see
-- 532_invitations.sql; people end their own without p_within. {result: ended | not_found | own_account | beyond_rights,
-- ended?}
create function public.end_all_sessions(
  p_staff_id uuid, p_scope text[], p_actor text, p_actor_id text, p_request_id text,
  p_within public.staff_role[] default null, p_own_id uuid default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_staff public.staff_users;
  v_ended integer;
begin
  select * into v_staff from public.staff_users u
  where u.id = p_staff_id and public.all_in_scope(p_scope, u.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_within is not null and p_staff_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_staff.role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  end if;
  -- A sign-in whose password was checked before now comes to nothing, too.
  update public.staff_users u set session_version = u.session_version + 1 where u.id = p_staff_id;
  v_ended := public.end_sessions(p_staff_id, 'signed_out_everywhere');
  perform public.record_staff_action(
    'session.end_all', v_staff.email, jsonb_build_object('sessions', v_ended), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'ended', 'ended', v_ended);
end
$$;

-- Ends every open session of a person; how many. For every change of what a session may do.
create function public.end_sessions(p_staff_id uuid, p_because text) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_ended integer;
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = p_because
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
  get diagnostics v_ended = row_count;
  return v_ended;
end
$$;
