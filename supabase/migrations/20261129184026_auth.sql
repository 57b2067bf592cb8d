-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TABLE "public"."api_tokens"
  DROP CONSTRAINT "api_tokens_scopes_check";

DROP FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[]);

DROP FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid);

DROP FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text[], text, text, text);

DROP FUNCTION "public"."record_sign_in"(text, text, boolean);

DROP FUNCTION "public"."sign_in_allowed"(text, text);

DROP TABLE "public"."sign_in_failures";

CREATE TABLE "public"."sign_in_guesses" (
  "id"          bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "kind"        text                     NOT NULL,
  "account"     text                     NOT NULL,
  "network"     text                     NOT NULL,
  "is_familiar" boolean                  NOT NULL,
  "booked_at"   timestamp with time zone NOT NULL,
  CONSTRAINT "sign_in_guesses_account_check" CHECK ((length(account) <= 320)),
  CONSTRAINT "sign_in_guesses_kind_check" CHECK ((kind = ANY (ARRAY['password'::text, 'invitation'::text]))),
  CONSTRAINT "sign_in_guesses_network_check" CHECK ((length(network) <= 64)),
  CONSTRAINT "sign_in_guesses_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sign_in_guesses"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sign_in_guesses" FROM "anon", "authenticated";

CREATE TABLE "public"."staff_sessions" (
  "id"            bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "id_hash"       bytea                    NOT NULL,
  "staff_id"      uuid                     NOT NULL,
  "address"       text                     NOT NULL,
  "network"       text                     NOT NULL,
  "user_agent"    text                     NOT NULL,
  "created_at"    timestamp with time zone NOT NULL DEFAULT now(),
  "last_seen_at"  timestamp with time zone NOT NULL DEFAULT now(),
  "expires_at"    timestamp with time zone NOT NULL,
  "ended_at"      timestamp with time zone,
  "ended_because" text,
  CONSTRAINT "staff_sessions_address_check" CHECK ((length(address) <= 64)),
  CONSTRAINT "staff_sessions_ended_because_check"
    CHECK
    ((ended_because = ANY (ARRAY['signed_out'::text, 'signed_out_everywhere'::text, 'replaced'::text, 'too_many'::text, 'password'::text, 'role'::text, 'disabled'::text,
    'enabled'::text]))),
  CONSTRAINT "staff_sessions_id_hash_check" CHECK ((octet_length(id_hash) = 32)),
  CONSTRAINT "staff_sessions_one_per_id" UNIQUE (id_hash),
  CONSTRAINT "staff_sessions_pkey" PRIMARY KEY (id),
  CONSTRAINT "staff_sessions_say_why_they_ended" CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  CONSTRAINT "staff_sessions_user_agent_check" CHECK ((length(user_agent) <= 200))
);

ALTER TABLE "public"."staff_sessions"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."staff_sessions" FROM "anon", "authenticated";

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "is_signed" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "role" public.staff_role;

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "parent_id" bigint;

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "authenticated";

CREATE OR REPLACE FUNCTION public.accept_invitation (
  p_token_hash    text,
  p_name          text,
  p_password_hash text,
  p_request_id    text
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.api_token (
  t public.api_tokens
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'tk_' || t.id, 'name', t.name, 'hint', t.hint, 'scopes', t.scopes, 'created_by', t.created_by,
    'kind', case when t.is_signed then 'command_line' else 'console' end, 'role', t.role,
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
$function$;

CREATE OR REPLACE FUNCTION public.book_guess (
  p_email      text,
  p_address    text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_account text := left(lower(p_email), 320);
  v_network text := public.network_of(p_address);
  v_now timestamptz;
  v_familiar boolean;
  v_wait numeric;
  v_guess bigint;
begin
  -- Addresses before accounts, always, so that no two wait for each other.
  perform pg_advisory_xact_lock(hashtextextended('guesses of address ' || v_network, 0));
  perform pg_advisory_xact_lock(hashtextextended('guesses at account ' || v_account, 0));
  v_now := clock_timestamp();
  v_familiar := exists (
    select from public.staff_users u
    join public.staff_sessions s on s.staff_id = u.id
    where u.email = v_account and s.network = v_network and s.created_at > v_now - interval '30 days'
  );
  v_wait := greatest(
    public.wait_of_network('password', v_network, v_now),
    case when not v_familiar then public.wait_of_account(v_account, v_now) end
  );
  if v_wait > 0 then
    perform public.record_refused_sign_in(v_account, p_address, 'too_many_attempts', p_request_id);
    return jsonb_build_object('wait', ceil(v_wait));
  end if;
  insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
  values ('password', v_account, v_network, v_familiar, v_now)
  returning id into v_guess;
  perform public.forget_old_guesses(v_now);
  return jsonb_build_object('guess', v_guess);
end
$function$;

REVOKE ALL ON FUNCTION "public"."book_guess"(text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_staff (
  p_id            uuid,
  p_within        public.staff_role[],
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text,
  p_role          public.staff_role   DEFAULT NULL::public.staff_role,
  p_disabled      boolean             DEFAULT NULL::boolean,
  p_rescope       boolean             DEFAULT false,
  p_organisations text[]              DEFAULT NULL::text[],
  p_own_id        uuid                DEFAULT NULL::uuid,
  p_tokens        text                DEFAULT NULL::text,
  p_scope_roles   jsonb               DEFAULT '{}'::jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

REVOKE ALL
  ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[], uuid, text, jsonb)
  FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_api_token (
  p_name          text,
  p_token_hash    text,
  p_hint          text,
  p_scopes        text[],
  p_days          integer,
  p_organisations text[],
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text,
  p_owner_id      uuid    DEFAULT NULL::uuid,
  p_parent_id     bigint  DEFAULT NULL::bigint
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delay_after (
  p_guesses bigint
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when p_guesses < 5 then 0 else least(30, 2 ^ least(p_guesses - 5, 10)) end;
$function$;

REVOKE ALL ON FUNCTION "public"."delay_after"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_all_sessions (
  p_staff_id   uuid,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_within     public.staff_role[] DEFAULT NULL::public.staff_role[],
  p_own_id     uuid                DEFAULT NULL::uuid
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_staff public.staff_users;
  v_ended integer;
begin
  select * into v_staff from public.staff_users u where u.id = p_staff_id and public.all_in_scope(p_scope, u.organisations) for update;
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
$function$;

REVOKE ALL ON FUNCTION "public"."end_all_sessions"(uuid, text[], text, text, text, public.staff_role[], uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_session (
  p_staff_id   uuid,
  p_id         bigint,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.staff_sessions s set ended_at = now(), ended_because = 'signed_out'
  where s.id = p_id and s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > now();
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'session.end', u.email, jsonb_build_object('session', 'se_' || p_id), u.name, u.id::text, p_request_id
  )
  from public.staff_users u where u.id = p_staff_id;
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_session"(uuid, bigint, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_sessions (
  p_staff_id uuid,
  p_because  text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_ended integer;
begin
  update public.staff_sessions s set ended_at = now(), ended_because = p_because
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > now();
  get diagnostics v_ended = row_count;
  return v_ended;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_sessions"(uuid, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_guess (
  p_id        bigint,
  p_was_right boolean
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.sign_in_guesses g
  using public.sign_in_guesses mine
  where mine.id = p_id and (
    g.id = p_id or p_was_right and g.kind = 'password' and g.account = mine.account and g.network = mine.network
  );
$function$;

REVOKE ALL ON FUNCTION "public"."forget_guess"(bigint, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_old_guesses (
  p_now timestamp with time zone
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.sign_in_guesses g
  where g.id in (
    select o.id from public.sign_in_guesses o where o.booked_at < p_now - interval '1 hour'
    order by o.booked_at limit 100 for update skip locked
  );
$function$;

REVOKE ALL ON FUNCTION "public"."forget_old_guesses"(timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_old_sessions (
  p_staff_id uuid
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.staff_sessions s set ended_at = now(), ended_because = 'too_many'
  where s.id in (
    select o.id from public.staff_sessions o
    where o.staff_id = p_staff_id and o.ended_at is null and o.expires_at > now()
    order by o.id desc offset 20
  );
  delete from public.staff_sessions s
  where s.id in (select o.id from public.staff_sessions o where o.staff_id = p_staff_id order by o.id desc offset 200);
  delete from public.staff_sessions s
  where s.id in (
    select o.id from public.staff_sessions o where o.expires_at < now() - interval '30 days'
    order by o.expires_at limit 100 for update skip locked
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_old_sessions"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lift_sign_in_limit (
  p_kind       text,
  p_subject    text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_subject text := case when p_kind = 'address' then public.network_of(p_subject) else lower(p_subject) end;
  v_forgotten integer;
begin
  delete from public.sign_in_guesses g
  where p_kind = 'address' and p_scope is null and g.network = v_subject
    or p_kind = 'account' and g.account = v_subject and (p_scope is null or exists (
      select from public.staff_users u where u.email = v_subject and public.all_in_scope(p_scope, u.organisations)
    ));
  get diagnostics v_forgotten = row_count;
  if v_forgotten > 0 then
    perform public.record_staff_action(
      'sign_in.lift', v_subject, jsonb_build_object('limit', p_kind), p_actor, p_actor_id, p_request_id
    );
  end if;
  return v_forgotten;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lift_sign_in_limit"(text, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.link_staff (
  p_id         uuid,
  p_token_hash text,
  p_within     public.staff_role[],
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_own_id     uuid                DEFAULT NULL::uuid
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text[], text, text, text, uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sessions (
  p_staff_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'se_' || s.id, 'address', s.address, 'user_agent', s.user_agent, 'created_at', public.iso(s.created_at),
    'last_seen_at', public.iso(s.last_seen_at), 'expires_at', public.iso(s.expires_at)
  ) order by s.last_seen_at desc, s.id desc), '[]')
  from public.staff_sessions s
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > now();
$function$;

REVOKE ALL ON FUNCTION "public"."list_sessions"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sign_in_limits (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with accounts as (
    select g.account as subject, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    join public.staff_users u on u.email = g.account
    where g.kind = 'password' and not g.is_familiar and g.booked_at > now() - interval '1 hour'
      and public.all_in_scope(p_scope, u.organisations)
    group by g.account having count(*) >= 5
    order by max(g.booked_at) desc limit 100
  ), addresses as (
    select g.network as subject, g.kind, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    where g.booked_at > now() - interval '15 minutes' and p_scope is null
    group by g.network, g.kind having count(*) >= 20
    order by max(g.booked_at) desc limit 100
  ), limits as (
    select 'account' as kind, a.subject, a.guesses,
      a.last + public.delay_after(a.guesses) * interval '1 second' as until
    from accounts a
    union all
    select 'address', a.subject, sum(a.guesses)::bigint,
      max(now() + public.wait_of_network(a.kind, a.subject, now()) * interval '1 second')
    from addresses a group by a.subject
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', l.kind, 'subject', l.subject, 'guesses', l.guesses, 'until', public.iso(l.until)
  ) order by l.kind, l.subject), '[]')
  from limits l;
$function$;

REVOKE ALL ON FUNCTION "public"."list_sign_in_limits"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.network_of (
  p_address text
)
  RETURNS text
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_address inet;
begin
  v_address := p_address::inet;
  if family(v_address) = 4 then
    return host(v_address);
  elsif v_address <<= inet '::ffff:0:0/96' then
    return host(inet '0.0.0.0' + (v_address - inet '::ffff:0:0'));
  end if;
  return text(network(set_masklen(v_address, 64)));
exception when others then
  return left(p_address, 64);
end
$function$;

REVOKE ALL ON FUNCTION "public"."network_of"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.open_invitation (
  p_token_hash text,
  p_address    text,
  p_counts     boolean
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_network text := public.network_of(p_address);
  v_wait numeric;
  v_invitation jsonb;
begin
  if p_counts then
    perform pg_advisory_xact_lock(hashtextextended('links of address ' || v_network, 0));
  end if;
  v_wait := public.wait_of_network('invitation', v_network, clock_timestamp());
  if v_wait > 0 then
    return jsonb_build_object('wait', ceil(v_wait));
  end if;
  v_invitation := public.find_invitation(p_token_hash);
  if v_invitation is null and p_counts then
    insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
    values ('invitation', '', v_network, false, clock_timestamp());
    perform public.forget_old_guesses(clock_timestamp());
  end if;
  return jsonb_build_object('invitation', v_invitation);
end
$function$;

REVOKE ALL ON FUNCTION "public"."open_invitation"(text, text, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_refused_sign_in (
  p_email      text,
  p_address    text,
  p_reason     text,
  p_request_id text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_subject text := coalesce((select u.email from public.staff_users u where u.email = lower(p_email)), 'an unknown account');
  v_details jsonb := jsonb_build_object('reason', p_reason, 'address', left(p_address, 64));
begin
  if exists (
    select from public.staff_actions a
    where a.subject = v_subject and a.acted_at > now() - interval '1 hour' and a.action = 'sign_in.refuse'
      and a.details = v_details
  ) or (
    select count(*) from (
      select from public.staff_actions a
      where a.action = 'sign_in.refuse' and a.acted_at > now() - interval '1 hour' limit 200
    ) lately
  ) >= 200 then
    return;
  end if;
  perform public.record_staff_action('sign_in.refuse', v_subject, v_details, 'An unknown caller', 'sign-in', p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_refused_sign_in"(text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_signed_token (
  p_name          text,
  p_token_hash    text,
  p_hint          text,
  p_scopes        text[],
  p_expires_at    timestamp with time zone,
  p_role          public.staff_role        DEFAULT NULL::public.staff_role,
  p_organisations text[]                   DEFAULT NULL::text[]
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."record_signed_token"(text, text, text, text[], timestamp WITH time zone, public.staff_role, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.revoke_api_token (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  perform public.revoke_tokens(array[t.id], p_actor, p_actor_id, p_request_id)
  from public.api_tokens t
  where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t));
  return (
    select public.api_token(t) from public.api_tokens t
    where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t))
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.revoke_tokens (
  p_ids        bigint[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with recursive family as (
    select t.id from public.api_tokens t where t.id = any (p_ids)
    union
    select t.id from public.api_tokens t join family f on t.parent_id = f.id
  ), revoked as (
    update public.api_tokens t set revoked_at = now()
    where t.id in (select f.id from family f) and t.revoked_at is null
    returning t.id, t.name
  )
  select public.record_staff_action(
    'token.revoke', 'tk_' || r.id, jsonb_build_object('name', r.name), p_actor, p_actor_id, p_request_id
  )
  from revoked r;
$function$;

REVOKE ALL ON FUNCTION "public"."revoke_tokens"(bigint[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_staff_password (
  p_email         text,
  p_password_hash text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
  perform public.record_staff_action('staff.set_password', lower(p_email), '{}', 'npm run password', 'command line', null);
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.settle_tokens (
  p_owner       public.staff_users,
  p_heir        uuid,
  p_scope_roles jsonb,
  p_actor       text,
  p_actor_id    text,
  p_request_id  text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if p_heir is not null then
    with kept as (
      select t.id, array(
        select s.scope from unnest(t.scopes) with ordinality as s(scope, n)
        where (p_scope_roles ->> s.scope)::public.staff_role <= p_owner.role order by s.n
      ) as scopes, public.token_scope(t) as organisations
      from public.api_tokens t
      where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > now()
    ), handed as (
      update public.api_tokens t set owner_id = p_heir, scopes = k.scopes, organisations = k.organisations
      from kept k
      where t.id = k.id and cardinality(k.scopes) > 0 and k.organisations is distinct from '{}'
      returning t.id, t.name
    )
    insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
    select p_actor, p_actor_id, 'token.hand_over', 'tk_' || h.id,
      jsonb_build_object('name', h.name, 'from', p_owner.email, 'to', u.email), p_request_id
    from handed h join public.staff_users u on u.id = p_heir;
  end if;
  perform public.revoke_tokens(
    array(
      select t.id from public.api_tokens t
      where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > now()
    ),
    p_actor, p_actor_id, p_request_id
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."settle_tokens"(public.staff_users, uuid, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sign_out (
  p_id_hash    text,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_session public.staff_sessions;
begin
  select * into v_session from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.expires_at > now();
  return found and public.end_session(v_session.staff_id, v_session.id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."sign_out"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.start_session (
  p_staff_id      uuid,
  p_version       integer,
  p_id_hash       text,
  p_address       text,
  p_user_agent    text,
  p_seconds       integer,
  p_request_id    text,
  p_previous_hash text    DEFAULT NULL::text
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_staff public.staff_users;
  v_id bigint;
begin
  update public.staff_users u set last_sign_in_at = now()
  where u.id = p_staff_id and u.session_version = p_version and u.disabled_at is null
  returning * into v_staff;
  if not found then
    return null;
  end if;
  update public.staff_sessions s set ended_at = now(), ended_because = 'replaced'
  where s.id_hash = decode(p_previous_hash, 'hex') and s.ended_at is null;

  insert into public.staff_sessions (id_hash, staff_id, address, network, user_agent, expires_at)
  values (
    decode(p_id_hash, 'hex'), p_staff_id, left(p_address, 64), public.network_of(p_address), left(p_user_agent, 200),
    now() + p_seconds * interval '1 second'
  )
  returning id into v_id;
  perform public.record_staff_action(
    'session.start', v_staff.email, jsonb_build_object('session', 'se_' || v_id, 'address', left(p_address, 64)),
    v_staff.name, v_staff.id::text, p_request_id
  );
  perform public.forget_old_sessions(p_staff_id);
  return 'se_' || v_id;
end
$function$;

REVOKE ALL ON FUNCTION "public"."start_session"(uuid, integer, text, text, text, integer, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.use_session (
  p_id_hash text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_session record;
begin
  select s.id, s.staff_id, s.last_seen_at into v_session
  from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.ended_at is null and s.expires_at > now();
  if not found then
    return null;
  end if;
  if v_session.last_seen_at < now() - interval '5 minutes' then
    -- Several requests at once write it once: none waits for another's lock.
    update public.staff_sessions s set last_seen_at = now()
    where s.id in (
      select o.id from public.staff_sessions o
      where o.id = v_session.id and o.last_seen_at < now() - interval '5 minutes' for update skip locked
    );
  end if;
  return public.get_staff(v_session.staff_id) || jsonb_build_object('session_id', 'se_' || v_session.id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."use_session"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wait_of_account (
  p_account text,
  p_now     timestamp with time zone
)
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(extract(epoch from max(g.booked_at) - p_now) + public.delay_after(count(*)), 0)
  from (
    select o.booked_at from public.sign_in_guesses o
    where o.account = p_account and o.kind = 'password' and not o.is_familiar and o.booked_at > p_now - interval '1 hour'
    order by o.booked_at desc limit 20
  ) g;
$function$;

REVOKE ALL ON FUNCTION "public"."wait_of_account"(text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wait_of_network (
  p_kind    text,
  p_network text,
  p_now     timestamp with time zone
)
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce((
    select extract(epoch from g.booked_at + interval '15 minutes' - p_now)
    from public.sign_in_guesses g
    where g.network = p_network and g.kind = p_kind and g.booked_at > p_now - interval '15 minutes'
    order by g.booked_at desc offset 19 limit 1
  ), 0);
$function$;

REVOKE ALL ON FUNCTION "public"."wait_of_network"(text, text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_have_a_role_when_signed" CHECK (((role IS NULL) OR is_signed));

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_may_something" CHECK (((cardinality(scopes) > 0) OR (role IS NOT NULL)));

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_parent_id_fkey" FOREIGN KEY (parent_id) REFERENCES public.api_tokens(id) ON DELETE CASCADE;

ALTER TABLE "public"."staff_sessions"
  ADD CONSTRAINT "staff_sessions_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

CREATE INDEX api_tokens_of_parent ON public.api_tokens USING btree (parent_id)
  WHERE (parent_id IS NOT NULL);

CREATE INDEX sign_in_guesses_by_age ON public.sign_in_guesses USING btree (booked_at);

CREATE INDEX sign_in_guesses_of_account ON public.sign_in_guesses USING btree (account, booked_at DESC);

CREATE INDEX sign_in_guesses_of_network ON public.sign_in_guesses USING btree (network, booked_at DESC);

CREATE INDEX staff_sessions_by_end ON public.staff_sessions USING btree (expires_at);

CREATE INDEX staff_sessions_of_person ON public.staff_sessions USING btree (staff_id, id DESC);

GRANT EXECUTE ON FUNCTION "public"."book_guess"(text, text, text) TO "service_role";

GRANT EXECUTE
  ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[], uuid, text, jsonb)
  TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delay_after"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_all_sessions"(uuid, text[], text, text, text, public.staff_role[], uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_session"(uuid, bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_sessions"(uuid, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_guess"(bigint, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_old_guesses"(timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_old_sessions"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lift_sign_in_limit"(text, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text[], text, text, text, uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sessions"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sign_in_limits"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."network_of"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_invitation"(text, text, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_refused_sign_in"(text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_signed_token"(text, text, text, text[], timestamp WITH time zone, public.staff_role, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."revoke_tokens"(bigint[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_tokens"(public.staff_users, uuid, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sign_out"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_session"(uuid, integer, text, text, text, integer, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."use_session"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wait_of_account"(text, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wait_of_network"(text, text, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sign_in_guesses_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."staff_sessions_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."sign_in_guesses" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sign_in_guesses" TO "service_role";

REVOKE ALL ON TABLE "public"."staff_sessions" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."staff_sessions" TO "service_role";
