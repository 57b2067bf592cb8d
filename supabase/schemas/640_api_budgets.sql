-- How fast an account of a provider is asked, over all processes: one row each, and requests in turn.

-- Takes the next turn of an account. p_interval_us: microseconds from one request to the next; p_burst: how many may be
-- sent at once after a pause; p_cost: how many turns this one uses. Answers how long to wait for it, in milliseconds.
create function public.take_api_turn(p_account text, p_interval_us bigint, p_burst integer, p_cost integer)
returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_now timestamptz := public.clock_();
  v_interval interval := p_interval_us * interval '1 microsecond';
  v_turn timestamptz;
begin
  -- Nobody waits for the disk: the row is locked for as long, and a turn that a crash forgets is over after it.
  perform set_config('synchronous_commit', 'off', true);
  insert into public.api_budgets as b (account, next_at)
  values (p_account, v_now - (p_burst - 1) * v_interval + p_cost * v_interval)
  on conflict (account) do update set
    next_at = greatest(b.next_at, public.clock_() - (p_burst - 1) * v_interval) + p_cost * v_interval,
    updated_at = public.clock_()
  returning b.next_at - p_cost * v_interval into v_turn;
  return greatest(0, ceil(extract(epoch from v_turn - public.clock_()) * 1000))::integer;
end
$$;

-- The provider wants to be left alone for this long: no request of this account is sent before that.
create function public.hold_api_account(p_account text, p_ms integer) returns void
language sql volatile set search_path = '' as $$
  insert into public.api_budgets as b (account, next_at)
  values (p_account, public.clock_() + least(p_ms, 3600000) * interval '1 millisecond')
  on conflict (account) do update set
    next_at = greatest(b.next_at, excluded.next_at), updated_at = public.clock_();
$$;
