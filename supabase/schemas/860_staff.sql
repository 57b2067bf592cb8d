-- Who is on the staff, who is signed in, who has to wait, and which tokens there are.

-- Everyone who may no more than the scope: those who can sign in first, by name.
create function public.list_staff(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(
    jsonb_agg(public.staff_member_json(u) order by u.disabled_at is not null, lower(u.name), u.email), '[]'
  )
  from public.staff_users u
  where public.all_in_scope(p_scope, u.organisations);
$$;

-- The person with this e-mail, with the password hash, for sign-in only. Null when there is none.
create function public.find_staff(p_email text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'password_hash', u.password_hash,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.email = lower(p_email);
$$;

-- Open sessions of a person, the one seen last first.
create function public.list_sessions(p_staff_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'se_' || s.id, 'address', s.address, 'user_agent', s.user_agent, 'created_at', public.iso(s.created_at),
    'last_seen_at', public.iso(s.last_seen_at), 'expires_at', public.iso(s.expires_at)
  ) order by s.last_seen_at desc, s.id desc), '[]')
  from public.staff_sessions s
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
$$;

-- Who has to wait now, at most a hundred of each: accounts of the staff with a delay, and addresses at their limit.
-- Addresses are shown and lifted by those who are scoped to all: they concern everyone.
-- [{kind: account | address, subject, guesses, until}]
create function public.list_sign_in_limits(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with accounts as (
    select g.account as subject, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    join public.staff_users u on u.email = g.account
    where g.kind = 'password' and not g.is_familiar and g.booked_at > public.now_() - interval '1 hour'
      and public.all_in_scope(p_scope, u.organisations)
    group by g.account having count(*) >= 5
    order by max(g.booked_at) desc limit 100
  ),
  addresses as (
    select g.network as subject, g.kind, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    where g.booked_at > public.now_() - interval '15 minutes' and p_scope is null
    group by g.network, g.kind having count(*) >= 20
    order by max(g.booked_at) desc limit 100
  ),
  limits as (
    select 'account' as kind, a.subject, a.guesses,
      a.last + public.delay_after(a.guesses) * interval '1 second' as until
    from accounts a
    union all
    select 'address', a.subject, sum(a.guesses)::bigint,
      max(public.now_() + public.wait_of_network(a.kind, a.subject, public.now_()) * interval '1 second')
    from addresses a group by a.subject
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', l.kind, 'subject', l.subject, 'guesses', l.guesses, 'until', public.iso(l.until)
  ) order by l.kind, l.subject), '[]')
  from limits l;
$$;

-- All that work, and those that ended in the last 30 days, newest first; of those that may no more than the scope.
create function public.list_api_tokens(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(
    public.api_token_json(t) order by t.revoked_at is not null or t.expires_at <= public.now_(), t.id desc
  ), '[]')
  from public.api_tokens t
  where coalesce(t.revoked_at, t.expires_at) > public.now_() - interval '30 days'
    and public.all_in_scope(p_scope, public.token_scope(t));
$$;
