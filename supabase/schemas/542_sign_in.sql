-- How often a caller may guess: at passwords, and at one-time links. Called by lib/auth/guesses.ts and
-- lib/auth/staff.ts. A guess is booked before it is evaluated, under a lock, so that parallel guesses are counted like
-- those one after the other, over all processes. Two limits:
--   an address: 20 guesses in any 15 minutes;
--   an account: after 5 wrong ones within an hour a growing delay, of 30 s at most, for addresses that did not sign in
--   to it within 30 days. Who knows an e-mail cannot keep its owner out.

-- What an address is counted as: itself, for IPv6 its /64, which is what one subscriber has.
create function public.network_of(p_address text) returns text
language plpgsql immutable set search_path = '' as $$
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
$$;

-- Books a guess at a password before it is evaluated: {guess: 12}, or {wait: seconds, of_address} when it must not be.
-- of_address: the address has to wait, whatever account it guesses at.
create function public.book_guess(p_email text, p_address text, p_request_id text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_account text := left(lower(p_email), 320);
  v_network text := public.network_of(p_address);
  v_now timestamptz;
  v_familiar boolean;
  v_wait_of_address numeric;
  v_wait numeric;
  v_guess bigint;
begin
  -- Addresses before accounts, always, so that no two wait for each other.
  perform pg_advisory_xact_lock(hashtextextended('guesses of address ' || v_network, 0));
  perform pg_advisory_xact_lock(hashtextextended('guesses at account ' || v_account, 0));
  v_now := public.clock_();
  v_familiar := exists (
    select from public.staff_users u
    join public.staff_sessions s on s.staff_id = u.id
    where u.email = v_account and s.network = v_network and s.created_at > v_now - interval '30 days'
  );
  v_wait_of_address := public.wait_of_network('password', v_network, v_now);
  v_wait := greatest(v_wait_of_address, case when not v_familiar then public.wait_of_account(v_account, v_now) end);
  if v_wait > 0 then
    perform public.record_refused_sign_in(v_account, p_address, 'too_many_attempts', p_request_id);
    return jsonb_build_object('wait', ceil(v_wait), 'of_address', v_wait_of_address > 0);
  end if;
  insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
  values ('password', v_account, v_network, v_familiar, v_now)
  returning id into v_guess;
  perform public.forget_old_guesses(v_now);
  return jsonb_build_object('guess', v_guess);
end
$$;

-- Seconds until an address may guess again, 0 or less when it may now.
create function public.wait_of_network(p_kind text, p_network text, p_now timestamptz) returns numeric
language sql stable set search_path = '' as $$
  select coalesce((
    select extract(epoch from g.booked_at + interval '15 minutes' - p_now)
    from public.sign_in_guesses g
    where g.network = p_network and g.kind = p_kind and g.booked_at > p_now - interval '15 minutes'
    order by g.booked_at desc offset 19 limit 1
  ), 0);
$$;

-- Seconds until an unfamiliar address may guess at an account again, 0 or less when it may now.
create function public.wait_of_account(p_account text, p_now timestamptz) returns numeric
language sql stable set search_path = '' as $$
  select coalesce(extract(epoch from max(g.booked_at) - p_now) + public.delay_after(count(*)), 0)
  from (
    select o.booked_at from public.sign_in_guesses o
    where o.account = p_account and o.kind = 'password' and not o.is_familiar
      and o.booked_at > p_now - interval '1 hour'
    order by o.booked_at desc limit 20
  ) g;
$$;

-- Seconds between guesses after so many: none for the first five, then 1, 2, 4, 8, 16 and 30.
create function public.delay_after(p_guesses bigint) returns numeric
language sql immutable set search_path = '' as $$
  select case when p_guesses < 5 then 0 else least(30, 2 ^ least(p_guesses - 5, 10)) end;
$$;

-- Takes a booking back: with all of the address at this account when the password was right, alone when it was never
-- evaluated.
create function public.forget_guess(p_id bigint, p_was_right boolean) returns void
language sql volatile set search_path = '' as $$
  delete from public.sign_in_guesses g
  using public.sign_in_guesses mine
  where mine.id = p_id and (
    g.id = p_id or p_was_right and g.kind = 'password' and g.account = mine.account and g.network = mine.network
  );
$$;

-- Whom a one-time link lets in: {invitation: … | null}, or {wait: seconds} for an address with 20 wrong links in 15
-- minutes. p_counts: a wrong one counts. Opening a page does not: any site can make a browser do that.
create function public.open_invitation(p_token_hash text, p_address text, p_counts boolean) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_network text := public.network_of(p_address);
  v_wait numeric;
  v_invitation jsonb;
begin
  if p_counts then
    perform pg_advisory_xact_lock(hashtextextended('links of address ' || v_network, 0));
  end if;
  v_wait := public.wait_of_network('invitation', v_network, public.clock_());
  if v_wait > 0 then
    return jsonb_build_object('wait', ceil(v_wait));
  end if;
  v_invitation := public.find_invitation(p_token_hash);
  if v_invitation is null and p_counts then
    insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
    values ('invitation', '', v_network, false, public.clock_());
    perform public.forget_old_guesses(public.clock_());
  end if;
  return jsonb_build_object('invitation', v_invitation);
end
$$;

-- What bounds the table: guesses count for an hour at most.
create function public.forget_old_guesses(p_now timestamptz) returns void
language sql volatile set search_path = '' as $$
  delete from public.sign_in_guesses g
  where g.id in (
    select o.id from public.sign_in_guesses o where o.booked_at < p_now - interval '1 hour'
    order by o.booked_at limit 100 for update skip locked
  );
$$;

-- Lifts the delay of an account, or the limit of an address: how many guesses that removed.
create function public.lift_sign_in_limit(
  p_kind text, p_subject text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns integer
language plpgsql volatile set search_path = '' as $$
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
$$;
