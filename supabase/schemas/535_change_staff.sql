-- Another role, other organisations, disabling and enabling. Called by lib/auth/staff.ts; p_within and p_own_id:
-- 532_invitations.sql.

-- Another role or scope, disabled, or enabled again; null leaves a thing as it is, p_organisations does where p_rescope
-- is false. Each ends the person's sessions at once. Whose tokens work is not disabled before the caller says what
-- becomes of them: p_tokens is `revoke` or the id of an active administrator who takes them over; p_scope_roles names
-- the least role of each scope.
-- {result: changed | not_found | own_account | beyond_rights | beyond_scope | last_admin | has_tokens | no_heir,
-- staff?, tokens?}
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
    when true then coalesce(v_before.disabled_at, public.now_())
  end;
  if v_after is not distinct from v_before then
    return jsonb_build_object('result', 'changed', 'staff', public.staff_member_json(v_before));
  elsif public.is_active_admin(v_before) and not public.is_active_admin(v_after) and not exists (
    select from public.staff_users u where u.id <> p_id and public.is_active_admin(u)
  ) then
    return jsonb_build_object('result', 'last_admin');
  end if;

  if v_after.disabled_at is not null and v_before.disabled_at is null then
    v_tokens := (
      select count(*) from public.api_tokens t
      where t.owner_id = p_id and t.revoked_at is null and t.expires_at > public.now_()
    );
    v_heir := (
      select u.id from public.staff_users u where u.id::text = p_tokens and u.id <> p_id and public.is_active_admin(u)
        and public.all_in_scope(p_scope, u.organisations)
        and not exists (
          select from public.api_tokens t
          where t.owner_id = p_id and t.revoked_at is null and t.expires_at > public.now_()
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
  return jsonb_build_object('result', 'changed', 'staff', public.staff_member_json(v_after));
end
$$;

-- A user who can sign in now and manage everything. An invited administrator cannot yet, one of some organisations
-- never.
create function public.is_active_admin(u public.staff_users) returns boolean
language sql immutable set search_path = '' as $$
  select u.role = 'admin' and u.organisations is null and u.disabled_at is null
    and (u.password_hash is not null or u.last_sign_in_at is not null);
$$;
